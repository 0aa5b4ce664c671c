#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alsace {

/// The genres of the made-up films; a film's genre is a place in this list.
std::span<const std::string_view> film_genres() noexcept;

/// Title number `number` (from 0) of a genre, without the genre: "The Silent Comet". All titles of
/// a genre are distinct; when its words run out, films get sequels: "The Silent Comet 2".
std::string film_title(std::size_t genre, std::uint64_t number);

}  // namespace alsace
