#pragma once

#include "read/block_ids.h"
#include "read/blocks.h"
#include "read/field_end.h"
#include "read/layout.h"
#include "read/split.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alsace {

/// What one block of lines says; ids are numbered within the block.
struct ParsedBlock {
  BlockIds user_ids;
  BlockIds item_ids;
  std::vector<Index> users;
  std::vector<Index> items;
  std::vector<float> values;  ///< Empty where the layout has none, as the times.
  std::vector<double> times;
  std::int64_t lines = 0;  ///< Of the block, blank ones too.
  std::int64_t bad_lines = 0;
  std::int64_t first_bad_line = 0;  ///< Counted from 1 in the block.
  std::string first_fault;          ///< What is wrong with it, without file and line.

  void clear();
};

/// Parses blocks of one layout. Owned by one block at a time; its memory is used again.
class BlockParser {
 public:
  /// With skip_bad_lines bad lines are counted and left out, else the first ends the block.
  void parse(std::string_view text, const Layout& layout, bool skip_bad_lines);

  [[nodiscard]] const ParsedBlock& parsed() const noexcept { return parsed_; }

 private:
  /// The fields of a line that have a role, empty where the layout has none.
  struct RoleFields {
    std::string_view user;
    std::string_view item;
    std::string_view value;
    std::string_view time;
  };
  /// A line whose ids are still to be looked up. Keys of a batch of lines are made, and the memory
  /// to look at asked for, before the first is looked up: the waits overlap.
  struct Pending {
    std::string_view user;
    std::string_view item;
    std::uint64_t user_key;
    std::uint64_t item_key;
    double time;
    float value;
    std::int64_t line;
  };
  static constexpr std::size_t batch = 32;

  void parse_plain(std::string_view text);
  const char* find_fields(const char* begin, FieldEnd field_end);
  void parse_general(std::string_view text);
  void parse_line(std::string_view line);
  [[nodiscard]] bool is_blank(std::string_view line) const noexcept;
  void add(const RoleFields& line);
  void add_matrix_entry(std::string_view user, std::string_view item, std::string_view value);
  void add_pending();
  bool find_rows(const Pending& entry, Index& user, Index& item);
  bool read_time(std::string_view field, double& time);
  bool read_value(std::string_view field, float& value);
  void fault(std::string message);
  void note_fault(std::int64_t line, std::string message);
  [[nodiscard]] std::string choose_columns() const;
  [[nodiscard]] bool stopped() const noexcept { return parsed_.bad_lines > 0 && !skip_; }

  const Layout* layout_ = nullptr;
  bool skip_ = false;
  ParsedBlock parsed_;
  Splitter splitter_{Delimiter()};
  std::vector<std::string_view> fields_;
  std::vector<const char*> starts_;  ///< Of the fields of a plain line, and two past the last.
  std::array<Pending, batch> pending_{};
  std::size_t pending_count_ = 0;
  std::array<Index, batch> user_rows_{};  ///< What becomes of the pending lines.
  std::array<Index, batch> item_rows_{};
  std::array<float, batch> values_{};
  std::array<double, batch> times_{};
};

}  // namespace alsace
