#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alsace {

/// Is this well-formed UTF-8 (no overlong forms, no surrogates)?
bool is_utf8(std::string_view text) noexcept;

/// Latin-1 bytes as UTF-8.
std::string from_latin1(std::string_view text);

/// The text with U+FFFD in place of each byte that is part of no character.
std::string valid_utf8(std::string_view text);

/// A field as messages show it: shortened, with bytes that do not print as \xNN.
std::string shown(std::string_view text);

/// ASCII letters in lower case.
std::string lower(std::string_view text);

/// Without blanks and carriage return at both ends.
std::string_view trimmed(std::string_view text) noexcept;

/// "12.3 MB", in powers of 1000.
std::string byte_text(std::uint64_t bytes);

}  // namespace alsace
