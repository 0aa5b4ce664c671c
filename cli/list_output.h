#pragma once

#include "files.h"
#include "lists.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace alsace::cli {

enum class ListForm {
  table,       ///< For people.
  csv,         ///< user,item,score[,title]
  json_array,  ///< [{user, items: [{item, score[, title]}]}]
  json_lines   ///< The same objects, one a line.
};

/// Writes recommendation lists one after the other, so that memory does not grow with them.
class ListOutput {
 public:
  ListOutput(ListForm form, const std::string& path, const Model& model, const Titles& titles);

  /// The list of a user, or of somebody new.
  void add(std::optional<Index> user, std::span<const Scored> list);
  void finish();

  [[nodiscard]] std::int64_t lists() const noexcept { return lists_; }

 private:
  /// What stands before the first list; late, so that a failure before it leaves nothing.
  void begin();
  [[nodiscard]] std::string table(std::optional<Index> user, std::span<const Scored> list) const;
  [[nodiscard]] std::string csv(std::optional<Index> user, std::span<const Scored> list) const;
  [[nodiscard]] Json json(std::optional<Index> user, std::span<const Scored> list) const;

  ListForm form_;
  OutputFile out_;
  const Model& model_;
  const Titles& titles_;
  std::int64_t lists_ = 0;
  bool begun_ = false;
};

}  // namespace alsace::cli
