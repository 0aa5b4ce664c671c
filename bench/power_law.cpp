// Writes made-up interactions (alsace/generate.h) as a CSV file, user by user, for the comparison
// with other engines: power_law INTERACTIONS OUT.csv [--ratings] [--seed N].

#include "alsace/generate.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iterator>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace {

constexpr const char* usage =
    "power_law INTERACTIONS OUT.csv [--ratings] [--seed N]\n"
    "  INTERACTIONS  how many lines, 1000 or more\n"
    "  --ratings     a third column: ratings 1 to 5 with some taste behind them\n"
    "  --seed N      of everything that is drawn (42)\n";

struct Arguments {
  std::int64_t interactions = 0;
  std::string path;
  bool ratings = false;
  std::uint64_t seed = 42;
};

template <typename Number>
Number number(std::string_view text, const char* name) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument(fmt::format("{} is '{}', it must be a whole number", name, text));
  }
  return value;
}

Arguments parse(std::span<char*> words) {
  Arguments arguments;
  std::vector<std::string_view> places;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--ratings") {
      arguments.ratings = true;
    } else if (word == "--seed" && i + 1 < words.size()) {
      arguments.seed = number<std::uint64_t>(words[++i], "--seed");
    } else {
      places.push_back(word);
    }
  }
  if (places.size() != 2) {
    throw std::invalid_argument(fmt::format("two arguments are needed, not {}", places.size()));
  }
  arguments.interactions = number<std::int64_t>(places[0], "INTERACTIONS");
  if (arguments.interactions < 1000) {
    throw std::invalid_argument(
        fmt::format("INTERACTIONS is {}, it must be 1000 or more", arguments.interactions));
  }
  arguments.path = places[1];
  return arguments;
}

/// The items and the density of the default, which are about those of MovieLens 10M, at any size.
alsace::PowerLawOptions sized(const Arguments& arguments) {
  alsace::PowerLawOptions options;
  const double growth =
      static_cast<double>(arguments.interactions) / static_cast<double>(options.interactions);
  options.users = static_cast<alsace::Index>(std::max(7.0, options.users * growth));
  options.interactions = arguments.interactions;
  options.seed = arguments.seed;
  return options;
}

/// Ratings with a taste behind them: users and items have hidden traits, whose product, a lean of
/// each and some noise give 1 to 5. The same numbers for the same seed on every machine.
class Ratings {
 public:
  explicit Ratings(std::uint64_t seed) : seed_(seed) {}

  [[nodiscard]] int operator()(alsace::Index user, alsace::Index item) const {
    const auto u = 2 * static_cast<std::uint64_t>(user);
    const auto i = 2 * static_cast<std::uint64_t>(item) + 1;
    double rating = 3.6 + 0.4 * normal(u, 0) + 0.5 * normal(i, 0);
    for (std::uint64_t trait = 1; trait <= traits; ++trait) {
      rating += 0.25 * normal(u, trait) * normal(i, trait);
    }
    rating += 0.6 * normal(u ^ mixed(i), traits + 1);
    return static_cast<int>(std::lround(std::clamp(rating, 1.0, 5.0)));
  }

 private:
  static constexpr std::uint64_t traits = 8;

  /// The finalizer of SplitMix64.
  static std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }

  /// Nearly normal, variance 1: the sum of four 16-bit numbers, each uniform.
  [[nodiscard]] double normal(std::uint64_t row, std::uint64_t place) const {
    std::uint64_t bits = mixed(mixed(seed_ + row * 0x9e3779b97f4a7c15U) + place);
    double sum = 0;
    for (int part = 0; part < 4; ++part, bits >>= 16) {
      sum += static_cast<double>(bits & 0xffffU) / 65536.0 - 0.5;
    }
    return sum * std::sqrt(3.0);
  }

  std::uint64_t seed_;
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class CsvFile {
 public:
  explicit CsvFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "w")) {
    check(file_ != nullptr);
  }

  fmt::memory_buffer& lines() { return lines_; }

  void write_when_large() {
    if (lines_.size() > (1U << 20)) {
      write();
    }
  }

  void finish() {
    write();
    check(std::fclose(file_.release()) == 0);
  }

 private:
  void write() {
    check(std::fwrite(lines_.data(), 1, lines_.size(), file_.get()) == lines_.size());
    lines_.clear();
  }

  void check(bool good) const {
    if (!good) {
      throw std::runtime_error(fmt::format("cannot write {}: {}", path_, std::strerror(errno)));
    }
  }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  fmt::memory_buffer lines_;
};

void write(const alsace::Triplets& triplets, const Arguments& arguments) {
  CsvFile file(arguments.path);
  const Ratings ratings(arguments.seed);
  const auto out = std::back_inserter(file.lines());
  file.lines().append(std::string_view(arguments.ratings ? "user,item,value\n" : "user,item\n"));
  for (std::size_t j = 0; j < triplets.users.size(); ++j) {
    const alsace::Index user = triplets.users[j];
    const alsace::Index item = triplets.items[j];
    if (arguments.ratings) {
      fmt::format_to(out, "{},{},{}\n", user, item, ratings(user, item));
    } else {
      fmt::format_to(out, "{},{}\n", user, item);
    }
    file.write_when_large();
  }
  file.finish();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Arguments arguments = parse({argv, static_cast<std::size_t>(argc)});
    write(alsace::generate_power_law(sized(arguments)).triplets, arguments);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "power_law: {}\n{}", error.what(), usage);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "power_law: {}\n", error.what());
    return 1;
  }
  return 0;
}
