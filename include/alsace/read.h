#pragma once

#include "alsace/interactions.h"
#include "alsace/items.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// How a text file is to be read. Gzip is recognised by its first bytes, Matrix Market by its
/// banner line, "-" is standard input.
struct ReadOptions {
  /// One or more characters ("," "\t" "::" " "). Unset: found in the first line, trying tab,
  /// "::", ",", ";", "|" and runs of spaces in that order. " " means a run of blanks. Fields may
  /// be quoted ("a ""b"", c"), not across lines; a quote that does not close is refused between
  /// commas or semicolons and an ordinary letter elsewhere.
  std::optional<std::string> delimiter = {};

  /// Two to four column names, or positions from 1, in the order user, item, value, time; "-" for
  /// no such column. Empty: the header's user, item, value or rating, time or timestamp when user
  /// and item are both there, else positions 1 to 4 of at most 4 columns. Where a plain name is
  /// missing these do as well, in any case: user_id, userid, uid; item_id, itemid, iid, movie_id,
  /// movieid, artist_id, artistid; weight, count, plays. Two candidates for one role are refused.
  std::vector<std::string> columns = {};

  bool skip_bad_lines = false;  ///< Count and leave out lines that would be refused.
  bool allow_negative = false;  ///< Ratings may be negative; implicit feedback may not.
  bool keep_times = true;       ///< False: times are checked, but left out of the result.
  bool ids_only = false;        ///< Values and times are neither looked at nor kept.
  int threads = 0;              ///< 0: all this process may use. Never changes the result.
  /// Bytes that triplets and ids may take, with what prepare() needs beside them; 0: what the
  /// machine and the process's control groups leave.
  std::uint64_t memory_limit = 0;
  /// Called now and then with bytes read and bytes in all (0: not known); false stops with an
  /// Error.
  std::function<bool(std::int64_t, std::int64_t)> progress = {};
};

/// What reading found, for the reader of the log.
struct ReadReport {
  std::int64_t bytes = 0;           ///< Of text, after decompression.
  std::int64_t lines = 0;           ///< Data lines kept.
  std::int64_t bad_lines = 0;       ///< Left out by skip_bad_lines.
  std::string first_bad_line = {};  ///< The message the first of them would have given.
  std::string columns = {};         ///< The columns used, for example "user,item,rating,timestamp".
  /// "clicks": what the header names besides, where it names no value; empty where it does, where
  /// there is no header, and with ReadOptions::columns.
  std::string unused_columns = {};
};

/// Reads files one after the other into triplets, naming rows by first appearance after those
/// already in `user_ids` and `item_ids`; the same for any number of threads. Duplicates stay.
/// Scanned in parallel by blocks of lines; memory is bounded by the result and the blocks. When it
/// throws, the ids are as they were.
/// @throws Error io_error when a file cannot be read; invalid_data with file:line, the value, the
///         rule and the next step for a wrong number of columns, a value that is not a finite
///         number, a negative value, an empty id, text that is not UTF-8, a truncated gzip stream,
///         an empty file; invalid_argument for a column that is not there, or when the result
///         takes more memory than it may.
Triplets read_triplets(std::span<const std::filesystem::path> files,
                       const ReadOptions& options,
                       IdTable& user_ids,
                       IdTable& item_ids,
                       ReadReport* report = nullptr);

/// read_triplets into fresh ids. Not yet merged or filtered: see prepare().
Interactions read_interactions(std::span<const std::filesystem::path> files,
                               const ReadOptions& options = {},
                               ReadReport* report = nullptr);

/// Places of user, item, value and time among a table's column names, by the rules of
/// ReadOptions::columns for a header; -1 where there is none.
/// @throws Error invalid_data when two columns may be meant for one role.
std::array<int, 4> find_columns(std::span<const std::string_view> names);

/// Reads an items file: the first column (or the one named item, item_id, movieId or the like) is
/// the id, the second (or the one named title or name) the title, all others are columns. Any
/// delimiter and gzip as above. The text is UTF-8, or UTF-16 with a byte order mark; lines that are
/// neither are taken as Windows-1252 (of which Latin-1 is a part).
///
/// A column of numbers, or of dates (YYYY-MM-DD or DD-Mon-YYYY, as years with a fraction), is of
/// kind number; any other is a category, whose fields may hold several labels with | between them.
/// Two or more 0/1 columns in a row are one category with their names as labels; without a header
/// these are the lines of a file u.genre (MovieLens) beside the items file, where it fits. A year
/// at the end of the titles, "Heat (1995)", becomes the column "year". Columns that say nothing are
/// left out with a note: those of one value, and texts of which nearly every item has its own.
/// @throws Error io_error when the file cannot be read; invalid_data with file:line for an empty
/// id,
///         a line without a title, an open quote, and a file without items.
ItemTable read_items(const std::filesystem::path& file,
                     const std::optional<std::string>& delimiter = {});

}  // namespace alsace
