#include "generate/film_titles.h"

#include <array>
#include <cstddef>
#include <functional>
#include <numeric>

namespace alsace {
namespace {

using Words = std::array<std::string_view, 12>;

/// What films of one genre are called: each pattern is filled with an adjective (a), a noun (n)
/// and a place, person or time (p), as far as it names them.
struct GenreWords {
  std::array<std::string_view, 4> patterns;
  Words adjectives;
  Words nouns;
  Words places;
};

constexpr std::array<std::string_view, 12> genres = {"Drama",
                                                     "Comedy",
                                                     "Thriller",
                                                     "Science Fiction",
                                                     "Romance",
                                                     "Horror",
                                                     "Crime",
                                                     "Fantasy",
                                                     "Western",
                                                     "War",
                                                     "Family",
                                                     "Documentary"};

// clang-format off
constexpr std::array<GenreWords, 12> words = {{
   {{"The {a} {n}", "{n} in {p}", "One {n} for {p}", "The Last {n} of {p}"},
    {"Quiet", "Broken", "Distant", "Unspoken", "Fragile", "Borrowed", "Faded", "Honest", "Bitter",
     "Patient", "Hollow", "Gentle"},
    {"Winter", "Letter", "House", "Promise", "Inheritance", "Silence", "Harvest", "Confession",
     "Portrait", "Sister", "Journey", "Farewell"},
    {"November", "Lisbon", "My Father", "the River Valley", "Anna", "Dublin", "the Morning",
     "Old Friends", "Vienna", "the Island", "Clara", "the North"}},
   {{"My {a} {n}", "{n} on {p}", "Two {a} {n}s", "How to Lose a {n} on {p}"},
    {"Awkward", "Clumsy", "Hopeless", "Unlikely", "Perfect", "Accidental", "Ridiculous", "Lucky",
     "Terrible", "Fake", "Cheerful", "Expensive"},
    {"Neighbor", "Landlord", "Butler", "Cousin", "Dentist", "Roommate", "Waiter", "Goat", "Mayor",
     "Plumber", "Piano", "Burglar"},
    {"Vacation", "a Cruise", "Safari", "a Diet", "the Loose", "a Honeymoon", "Main Street",
     "Wheels", "a Budget", "Parade", "Mondays", "the Night Shift"}},
   {{"The {a} {n}", "{n} at {p}", "No {n} Before {p}", "A {a} {n}"},
    {"Missing", "Hidden", "Second", "Silent", "Fatal", "Borrowed", "Double", "Final", "Cold",
     "Perfect", "Blind", "Sealed"},
    {"Witness", "Alibi", "Signal", "Passenger", "Cipher", "Hostage", "Informant", "Deadline",
     "Suspect", "Wire", "Motive", "Stranger"},
    {"Midnight", "Pier Nine", "Dawn", "Zurich", "Gate Twelve", "High Water", "the Border",
     "Zero Hour", "Room 409", "Berlin", "the Summit", "Noon"}},
   {{"The {a} {n}", "{n} of {p}", "Beyond the {a} {n}", "The {n} from {p}"},
    {"Silent", "Crimson", "Quantum", "Frozen", "Infinite", "Electric", "Orbital", "Forgotten",
     "Synthetic", "Hollow", "Parallel", "Last"},
    {"Comet", "Android", "Colony", "Starship", "Signal", "Nebula", "Satellite", "Machine",
     "Horizon", "Planet", "Engine", "Telescope"},
    {"Andromeda", "Europa", "the Ninth Moon", "Titan", "Sector Seven", "Tomorrow", "Proxima",
     "the Outer Rim", "Deep Space", "Year 3000", "Mars", "the Void"}},
   {{"{a} {n}", "A {n} in {p}", "The {a} {n} of {p}", "One {n} Before {p}"},
    {"Stolen", "Sweet", "Secret", "Tender", "Endless", "Golden", "Unexpected", "Moonlit",
     "Summer", "First", "Wild", "Forgotten"},
    {"Kiss", "Waltz", "Rose", "Sunset", "Love Letter", "Whisper", "Dance", "Heart", "Serenade",
     "Wedding", "Summer", "Valentine"},
    {"Paris", "Venice", "the Rain", "Tuscany", "Spring", "Seville", "the Garden", "Provence",
     "April", "Verona", "the Harbor", "Havana"}},
   {{"The {a} {n}", "{n} of {p}", "Don't Open the {a} {n}", "The {n} Beneath {p}"},
    {"Screaming", "Rotting", "Cursed", "Bleeding", "Whispering", "Haunted", "Crawling", "Undead",
     "Nameless", "Starving", "Faceless", "Buried"},
    {"Cellar", "Grave", "Scarecrow", "Doll", "Asylum", "Coffin", "Mirror", "Thing", "Nursery",
     "Fog", "Attic", "Ritual"},
    {"Hollow Hill", "the Thirteenth Floor", "Ravenwood", "the Old Mill", "the Marsh",
     "Black Lake", "Widow Street", "the Orphanage", "Saint Agnes", "the Chapel", "Gallows End",
     "the Crypt"}},
   {{"The {a} {n}", "{p} {n}", "{n} on {p} Street", "One {a} {n} Too Many"},
    {"Crooked", "Dirty", "Rusty", "Counterfeit", "Hard", "Loaded", "Cheap", "Dead", "Marked",
     "Double", "Stolen", "Smoking"},
    {"Detective", "Heist", "Diamond", "Racket", "Getaway", "Syndicate", "Verdict", "Safe",
     "Gangster", "Payoff", "Ledger", "Informer"},
    {"Chicago", "Harlem", "Marseille", "Canal", "Naples", "Baltimore", "Union", "Palermo",
     "Boston", "Market", "Detroit", "Soho"}},
   {{"The {a} {n}", "The {n} of {p}", "Song of the {a} {n}", "The {n} above {p}"},
    {"Enchanted", "Silver", "Emerald", "Ancient", "Wandering", "Sleeping", "Shattered", "Thorned",
     "Moonlit", "Cursed", "Golden", "Nameless"},
    {"Dragon", "Crown", "Sword", "Wizard", "Throne", "Griffin", "Prophecy", "Amulet", "Unicorn",
     "Kingdom", "Rune", "Tower"},
    {"Eldermoor", "Avenhall", "the Misty Isles", "Thornwood", "Caer Wynn", "Dunmarrow",
     "the Seven Realms", "Ashenvale", "Silverfen", "the Far Mountains", "Wyrmgate", "Highmere"}},
   {{"The {a} {n}", "{n} at {p}", "Ride the {a} {n}", "The {n} from {p}"},
    {"Lonesome", "Dusty", "Outlaw", "Wild", "Vengeful", "Restless", "One-Eyed", "Rawhide",
     "Sunburnt", "Reckless", "Hired", "Long"},
    {"Gunslinger", "Stagecoach", "Sheriff", "Canyon", "Rider", "Trail", "Posse", "Mustang",
     "Saloon", "Ranch", "Drifter", "Showdown"},
    {"Dry Creek", "Abilene", "Red Mesa", "Tombstone Ridge", "El Paso", "Broken Fork",
     "Coyote Pass", "Dodge Flats", "Silver Gulch", "the Rio Grande", "Laramie", "Deadwood Hill"}},
   {{"The {a} {n}", "{n} at {p}", "The {n} That Held {p}", "Last {n} out of {p}"},
    {"Forgotten", "Iron", "Brave", "Frozen", "Burning", "Long", "Lost", "Muddy", "Fallen",
     "Valiant", "Silent", "Scarlet"},
    {"Battalion", "Trench", "Convoy", "Platoon", "Regiment", "Bunker", "Sniper", "Squadron",
     "Paratrooper", "Medic", "Bridge", "Patrol"},
    {"Verdun", "Hill 60", "Arnhem", "the Ardennes", "Dunkirk", "Monte Cassino", "the Somme",
     "Narvik", "Tobruk", "Midway", "the Eastern Front", "Anzio"}},
   {{"The {a} {n}", "The {n} Who Found {p}", "{p} and the {a} {n}", "The {n} Called {p}"},
    {"Little", "Magic", "Curious", "Flying", "Friendly", "Singing", "Tiny", "Runaway", "Purple",
     "Brave", "Giggling", "Fluffy"},
    {"Puppy", "Penguin", "Teddy Bear", "Hedgehog", "Pony", "Kitten", "Snowman", "Balloon",
     "Bunny", "Otter", "Treehouse", "Elephant"},
    {"Max", "Daisy", "Christmas", "Oliver", "Poppy", "Rosie", "Toby", "Molly", "Pepper",
     "Charlie", "Luna", "Biscuit"}},
   {{"Inside the {a} {n}", "The {n} of {p}", "{p}: The {n} Story", "Saving the {a} {n}"},
    {"Modern", "Vanishing", "Secret", "Living", "Ancient", "Deep", "Wild", "Endangered", "Urban",
     "Global", "Melting", "Unseen"},
    {"Ocean", "Orchestra", "Glacier", "Rainforest", "Factory", "Reef", "Pyramid", "Newsroom",
     "Kitchen", "Railway", "Archive", "Laboratory"},
    {"Patagonia", "the Arctic", "Kyoto", "the Amazon", "Cairo", "Iceland", "the Serengeti",
     "Detroit at Work", "Bollywood", "the Himalayas", "Silicon Valley", "Borneo"}},
}};
// clang-format on

bool names(std::string_view pattern, std::string_view part) {
  return pattern.find(part) != std::string_view::npos;
}

std::uint64_t titles_of(std::string_view pattern) {
  std::uint64_t count = 1;
  for (const std::string_view part : {"{a}", "{n}", "{p}"}) {
    count *= names(pattern, part) ? std::tuple_size_v<Words> : 1;
  }
  return count;
}

/// The pattern with words chosen by the digits of `number`.
std::string fill(std::string_view pattern, const GenreWords& genre, std::uint64_t number) {
  std::string title(pattern);
  const auto put = [&](std::string_view part, const Words& choices) {
    const std::size_t at = title.find(part);
    if (at != std::string::npos) {
      title.replace(at, part.size(), choices[number % choices.size()]);
      number /= choices.size();
    }
  };
  put("{a}", genre.adjectives);
  put("{n}", genre.nouns);
  put("{p}", genre.places);
  return title;
}

/// A step that visits all of `count` places, far from its neighbours in the list.
std::uint64_t scattering_step(std::uint64_t count) {
  std::uint64_t step = count * 5 / 8;
  while (std::gcd(step, count) != 1) {
    ++step;
  }
  return step;
}

}  // namespace

std::span<const std::string_view> film_genres() noexcept {
  return genres;
}

std::string film_title(std::size_t genre, std::uint64_t number) {
  const GenreWords& choices = words[genre];
  const std::uint64_t count = std::transform_reduce(
      choices.patterns.begin(), choices.patterns.end(), std::uint64_t{0}, std::plus<>(), titles_of);
  const std::uint64_t part = number / count + 1;
  std::uint64_t place = number % count * scattering_step(count) % count;
  std::string title;
  for (const std::string_view pattern : choices.patterns) {
    if (place < titles_of(pattern)) {
      title = fill(pattern, choices, place);
      break;
    }
    place -= titles_of(pattern);
  }
  title[0] = title[0] == 't' ? 'T' : title[0];  // "the Arctic: ..."
  return part == 1 ? title : title + " " + std::to_string(part);
}

}  // namespace alsace
