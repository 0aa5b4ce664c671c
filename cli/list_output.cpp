#include "list_output.h"

#include <utility>

#include <fmt/format.h>

namespace alsace::cli {

ListOutput::ListOutput(ListForm form,
                       const std::string& path,
                       const Model& model,
                       const Titles& titles)
    : form_(form), out_(path), model_(model), titles_(titles) {}

void ListOutput::begin() {
  if (std::exchange(begun_, true)) {
    return;
  }
  if (form_ == ListForm::csv) {
    out_.write(titles_.empty() ? "user,item,score\n" : "user,item,score,title\n");
  } else if (form_ == ListForm::json_array) {
    out_.write("[");
  }
}

void ListOutput::add(std::optional<Index> user, std::span<const Scored> list) {
  const auto dump = [&] {
    return json(user, list).dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  begin();
  switch (form_) {
    case ListForm::table:
      out_.write((lists_ == 0 ? "" : "\n") + table(user, list));
      break;
    case ListForm::csv:
      out_.write(csv(user, list));
      break;
    case ListForm::json_array:
      out_.write((lists_ == 0 ? "\n" : ",\n") + dump());
      break;
    case ListForm::json_lines:
      out_.write(dump() + "\n");
      break;
  }
  ++lists_;
}

void ListOutput::finish() {
  begin();
  if (form_ == ListForm::json_array) {
    out_.write(lists_ == 0 ? "]\n" : "\n]\n");
  }
  out_.commit();
}

std::string ListOutput::table(std::optional<Index> user, std::span<const Scored> list) const {
  const std::string whom =
      user ? fmt::format("for user {}", model_.user_ids[*user]) : "for this history";
  return bold(whom) + "\n" + list_table(list, model_.item_ids, titles_, "item", "score");
}

std::string ListOutput::csv(std::optional<Index> user, std::span<const Scored> list) const {
  const std::string user_field = user ? csv_field(model_.user_ids[*user]) : "";
  std::string out;
  for (const Scored& scored : list) {
    const std::string_view item = model_.item_ids[scored.row];
    out += user_field + "," + csv_field(item) + "," + float_text(scored.score);
    out += titles_.empty() ? "\n" : "," + csv_field(titles_.of(item)) + "\n";
  }
  return out;
}

Json ListOutput::json(std::optional<Index> user, std::span<const Scored> list) const {
  return {{"user", user ? Json(std::string(model_.user_ids[*user])) : Json()},
          {"items", list_json(list, model_.item_ids, titles_, "item")}};
}

}  // namespace alsace::cli
