#include "recommend/prepared.h"
#include "recommend/search.h"
#include "recommend/top_k.h"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace alsace {
namespace {

std::size_t at(Index row) {
  return static_cast<std::size_t>(row);
}

std::vector<double> row_lengths(const FactorTable& table) {
  std::vector<double> lengths;
  for (Index row = 0; row < table.rows(); ++row) {
    double square = 0;
    for (const float value : table.row(row)) {
      square += static_cast<double>(value) * static_cast<double>(value);
    }
    lengths.push_back(std::sqrt(square));
  }
  return lengths;
}

std::vector<Scored> similar(const FactorTable& table,
                            std::span<const double> lengths,
                            Index row,
                            int count) {
  if (count < 1) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("recommend: top_k is {}, it must be 1 or more.", count));
  }
  const float* const query = table.row(row).data();
  const auto cosines = [&](std::size_t, std::size_t first, std::span<float> scores) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double product = lengths[at(row)] * lengths[first + i];
      scores[i] =
          product > 0 && first + i != at(row)
              ? static_cast<float>(std::clamp(static_cast<double>(scores[i]) / product, -1.0, 1.0))
              : never_listed;
    }
  };
  return search(rows_of(table), {&query, 1}, at(count), cosines).front();
}

}  // namespace

std::vector<Scored> Recommender::similar_items(Index item, int top_k) const {
  check_row(item, model_->item_ids.size(), "item");
  std::call_once(prepared_->items_measured,
                 [&] { prepared_->item_lengths = row_lengths(model_->item_factors); });
  return similar(model_->item_factors, prepared_->item_lengths, item, top_k);
}

std::vector<Scored> Recommender::similar_users(Index user, int top_k) const {
  check_row(user, model_->user_ids.size(), "user");
  std::call_once(prepared_->users_measured,
                 [&] { prepared_->user_lengths = row_lengths(model_->user_factors); });
  return similar(model_->user_factors, prepared_->user_lengths, user, top_k);
}

}  // namespace alsace
