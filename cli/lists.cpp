#include "lists.h"

#include "files.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace alsace::cli {
namespace {

Index find_row(const OpenModel& open,
               const IdTable& ids,
               std::string_view id,
               std::string_view what) {
  if (const auto row = ids.find(id)) {
    return *row;
  }
  std::string nearest;
  for (const std::string_view candidate : ids.nearest(id)) {
    nearest += fmt::format("{}'{}'", nearest.empty() ? " Nearest: " : ", ", candidate);
  }
  throw Error(ErrorCode::unknown_id,
              fmt::format("there is no {} '{}' in {} ({}).{}",
                          what,
                          id,
                          open.path,
                          plural(ids.size(), what),
                          nearest.empty() ? nearest : nearest + "."));
}

}  // namespace

OpenModel open_model(const std::string& path) {
  check_inputs(Paths{path});
  auto model = std::make_shared<const Model>(load_model(path));
  return {path, std::move(model)};
}

Index find_user(const OpenModel& open, std::string_view id) {
  return find_row(open, open.model->user_ids, id, "user");
}

Index find_item(const OpenModel& open, std::string_view id) {
  return find_row(open, open.model->item_ids, id, "item");
}

void note_strangers(const ItemTable& items, const IdTable& item_ids, Log& log) {
  for (Index row = 0; row < items.ids.size(); ++row) {
    if (item_ids.find(items.ids[row])) {
      return;
    }
  }
  log.note("--items: no item of it is in the model. Check that its first column has the ids.");
}

Titles::Titles(const std::optional<std::string>& file) {
  if (file) {
    check_inputs(Paths{*file});
    titles_ = read_items(*file);
  }
}

void Titles::note_strangers(const IdTable& item_ids, Log& log) const {
  if (titles_) {
    cli::note_strangers(*titles_, item_ids, log);
  }
}

std::string Titles::of(std::string_view item_id) const {
  return std::string(titles_ ? titles_->find(item_id).value_or("") : "");
}

std::string Titles::after(std::string_view item_id) const {
  const std::string title = of(item_id);
  return title.empty() ? title : ", " + title;
}

void declare_items(CommandLine& line, std::optional<std::string>& items) {
  line.text("--items", "FILE", items, "Titles: a file with item and title columns.");
}

void declare_top_k(CommandLine& line, std::optional<int>& top_k) {
  line.number("--top-k", "N", top_k, "Length of a list (default 10).");
}

int checked_top_k(const std::optional<int>& top_k) {
  if (top_k && *top_k < 1) {
    refuse(fmt::format("--top-k is {}, it must be 1 or more.", *top_k));
  }
  return top_k.value_or(10);
}

std::string list_table(std::span<const Scored> list,
                       const IdTable& ids,
                       const Titles& titles,
                       std::string_view what,
                       std::string_view score) {
  Table table;
  table.column("", Table::Align::right);
  table.column(std::string(what));
  table.column(std::string(score), Table::Align::right);
  if (!titles.empty()) {
    table.column("title");
  }
  for (std::size_t rank = 0; rank < list.size(); ++rank) {
    const std::string_view id = ids[list[rank].row];
    std::vector<std::string> cells = {
        std::to_string(rank + 1), std::string(id), fmt::format("{:.4f}", list[rank].score)};
    if (!titles.empty()) {
      cells.push_back(titles.of(id));
    }
    table.row(std::move(cells));
  }
  return table.empty() ? "  (nothing)\n" : table.to_string();
}

Json list_json(std::span<const Scored> list,
               const IdTable& ids,
               const Titles& titles,
               std::string_view what) {
  Json out = Json::array();
  for (const Scored& scored : list) {
    const std::string_view id = ids[scored.row];
    Json entry = {{std::string(what), std::string(id)}, {"score", float_json(scored.score)}};
    if (!titles.empty()) {
      entry["title"] = titles.of(id);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

std::string explanation_text(const Explanation& explanation,
                             const Model& model,
                             const Titles& titles,
                             std::size_t most) {
  Table table;
  table.column("part", Table::Align::right);
  table.column("of");
  if (!titles.empty()) {
    table.column("title");
  }
  const auto add = [&](double part, std::string of, std::string title) {
    std::vector<std::string> cells = {fmt::format("{:+.4f}", part), std::move(of)};
    if (!titles.empty()) {
      cells.push_back(std::move(title));
    }
    table.row(std::move(cells));
  };
  if (model.options.biases) {
    add(explanation.mean, "the mean of all values", "");
    add(explanation.item_bias, "the item's bias", "");
    add(explanation.user_bias, "the user's bias", "");
  }
  const auto& parts = explanation.contributions;
  for (std::size_t i = 0; i < std::min(most, parts.size()); ++i) {
    const std::string_view id = model.item_ids[parts[i].row];
    add(static_cast<double>(parts[i].score), std::string(id), titles.of(id));
  }
  if (parts.size() > most) {
    double rest = 0;
    for (std::size_t i = most; i < parts.size(); ++i) {
      rest += static_cast<double>(parts[i].score);
    }
    add(rest, plural(static_cast<std::int64_t>(parts.size() - most), "other item"), "");
  }
  add(static_cast<double>(explanation.score), "together: the score", "");
  return table.to_string();
}

Json explanation_json(const Explanation& explanation, const Model& model, const Titles& titles) {
  return {{"score", float_json(explanation.score)},
          {"mean", explanation.mean},
          {"item_bias", explanation.item_bias},
          {"user_bias", explanation.user_bias},
          {"contributions", list_json(explanation.contributions, model.item_ids, titles, "item")}};
}

}  // namespace alsace::cli
