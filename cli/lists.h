#pragma once

#include "alsace/model.h"
#include "alsace/read.h"
#include "alsace/recommend.h"

#include "command_line.h"
#include "output.h"
#include "progress.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alsace::cli {

/// A loaded model and the path it came from, for messages.
struct OpenModel {
  std::string path;
  std::shared_ptr<const Model> model;
};
OpenModel open_model(const std::string& path);

/// Row of a user or an item. @throws Error unknown_id that lists the nearest ids.
Index find_user(const OpenModel& open, std::string_view id);
Index find_item(const OpenModel& open, std::string_view id);

/// Says so when --items names no item of the model.
void note_strangers(const ItemTable& items, const IdTable& item_ids, Log& log);

/// Texts of items where there are some.
class Titles {
 public:
  Titles() = default;
  /// From --items FILE, if it was given. @throws Error.
  explicit Titles(const std::optional<std::string>& file);
  explicit Titles(ItemTable titles) : titles_(std::move(titles)) {}

  [[nodiscard]] bool empty() const noexcept { return !titles_.has_value(); }
  /// Says so when --items names no item of the model: the titles stay blank then.
  void note_strangers(const IdTable& item_ids, Log& log) const;
  /// The title, or nothing in its place.
  [[nodiscard]] std::string of(std::string_view item_id) const;
  /// ", " and the title, to come after the id; or nothing.
  [[nodiscard]] std::string after(std::string_view item_id) const;

 private:
  std::optional<ItemTable> titles_;
};

void declare_items(CommandLine& line, std::optional<std::string>& items);
void declare_top_k(CommandLine& line, std::optional<int>& top_k);
/// 10 when not given. @throws Error invalid_argument below 1.
int checked_top_k(const std::optional<int>& top_k);

/// Rank, item, score and, where there are titles, title; `score` heads the numbers.
std::string list_table(std::span<const Scored> list,
                       const IdTable& ids,
                       const Titles& titles,
                       std::string_view what,
                       std::string_view score);
/// [{what: id, score, title}]
Json list_json(std::span<const Scored> list,
               const IdTable& ids,
               const Titles& titles,
               std::string_view what);

/// A score and all its parts; `most` is how many contributions are shown.
std::string explanation_text(const Explanation& explanation,
                             const Model& model,
                             const Titles& titles,
                             std::size_t most);
Json explanation_json(const Explanation& explanation, const Model& model, const Titles& titles);

}  // namespace alsace::cli
