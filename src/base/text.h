#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alsace {

/// Is this well-formed UTF-8 (no overlong forms, no surrogates)?
bool is_utf8(std::string_view text) noexcept;

/// Windows-1252 bytes as UTF-8, which is Latin-1 with letters in place of its control characters.
std::string from_windows_1252(std::string_view text);

/// Appends a code point as UTF-8; U+FFFD for what is none.
void append_utf8(std::uint32_t code, std::string& text);

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
