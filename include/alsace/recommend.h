#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/factors.h"
#include "alsace/interactions.h"
#include "alsace/model.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace alsace {

/// A row and how well it fits. For recommendations an order, not a probability.
struct Scored {
  Index row = 0;
  float score = 0.0F;
  bool operator==(const Scored&) const = default;
};

/// One item a user touched, for fold-in.
struct ItemValue {
  Index item = 0;
  float value = 1.0F;
};

/// What a list may hold.
struct ListOptions {
  int top_k = 10;                     ///< Longest list, >= 1.
  bool include_seen = false;          ///< Also items of the user's history, and low ones.
  std::span<const Index> allow = {};  ///< When not empty, only these items.
  std::span<const Index> deny = {};   ///< Never these.
};

/// Takes (place, list); false stops.
using ListSink = std::function<bool(std::size_t, std::vector<Scored>&&)>;

/// Factors of a user the model has not seen.
struct FoldedUser {
  std::vector<float> factors = {};  ///< [factors]
  float bias = 0.0F;                ///< 0 unless the model has biases.
};

/// A user's factors and bias, wherever they lie.
struct UserView {
  std::span<const float> factors = {};  ///< [factors]
  float bias = 0.0F;                    ///< 0 unless the model has biases.
};

/// Why a user gets a score: score = mean + item_bias + user_bias + sum of contributions.
struct Explanation {
  float score = 0.0F;
  double mean = 0;
  double item_bias = 0;
  double user_bias = 0;
  /// Of every item of the history, largest first: c p y_j' A^-1 y_i with the user's own system A
  /// (Hu, Koren, Volinsky 2008, section 5); nonnegative models: on the free coordinates.
  std::vector<Scored> contributions = {};
};

/// Answers questions to one model. Const calls may run on many threads at once.
///
/// Lists are sorted by falling score, ties by lower row. Items without a training interaction have
/// no factors and are never listed; users and histories without any get an empty list (but for
/// models with biases, which still order the items).
class Recommender {
 public:
  explicit Recommender(std::shared_ptr<const Model> model);
  explicit Recommender(Model model);

  [[nodiscard]] const Model& model() const noexcept { return *model_; }

  /// Best items of a known user. O(items * factors).
  /// @throws Error invalid_argument when the model holds no interactions and include_seen is false,
  ///         or for a row out of range.
  [[nodiscard]] std::vector<Scored> recommend(Index user, const ListOptions& options = {}) const;

  /// Best items for an anonymous history, by fold-in; the history counts as seen.
  [[nodiscard]] std::vector<Scored> recommend_for(std::span<const ItemValue> history,
                                                  const ListOptions& options = {}) const;

  /// recommend() for many users on `threads` threads (0: all). `sink` gets (place in users, list)
  /// in the order of `users`, on the calling thread; memory is bounded.
  void recommend_many(std::span<const Index> users,
                      const ListOptions& options,
                      int threads,
                      const ListSink& sink) const;

  /// The same of recommend_for() and of fold_in().
  void recommend_for_many(std::span<const std::vector<ItemValue>> histories,
                          const ListOptions& options,
                          int threads,
                          const ListSink& sink) const;
  [[nodiscard]] std::vector<FoldedUser> fold_in_many(
      std::span<const std::vector<ItemValue>> histories, int threads) const;

  /// Nearest rows by cosine of their factors, the row itself and rows of no length left out.
  [[nodiscard]] std::vector<Scored> similar_items(Index item, int top_k = 10) const;
  [[nodiscard]] std::vector<Scored> similar_users(Index user, int top_k = 10) const;

  /// @throws Error invalid_argument when the model holds no interactions.
  [[nodiscard]] Explanation explain(Index user, Index item) const;

  /// The user's factors for this history, solved to float precision against the item factors; the
  /// order of entries does not matter. Repeated items are summed (implicit) or the last taken.
  /// @throws Error invalid_argument for an item out of range or a value that training refuses.
  [[nodiscard]] FoldedUser fold_in(std::span<const ItemValue> history) const;

  /// Score of every item for a user, [items], without any filter: x.y, and mean and biases where
  /// the model has them. Items without a training interaction get -infinity.
  void scores(Index user, std::span<float> out) const;
  void scores(const FoldedUser& user, std::span<float> out) const;
  /// Those of several users, [users x items], the same bits as of each alone. Item factors are read
  /// once for all: many times faster than one by one.
  void scores_many(std::span<const UserView> users, std::span<float> out) const;
  /// What scores_many() takes; of a known user and of a folded one that outlives it.
  /// @throws Error invalid_argument for a row out of range.
  [[nodiscard]] UserView view(Index user) const;
  [[nodiscard]] static UserView view(const FoldedUser& user) noexcept {
    return {.factors = user.factors, .bias = user.bias};
  }

  /// Score of one pair; with explicit feedback clipped to the range of the training values. Rows
  /// without a training interaction, and those the model lacks, give the mean plus the bias that
  /// is known; with implicit feedback 0.
  [[nodiscard]] double predict(std::optional<Index> user, std::optional<Index> item) const;

 private:
  struct Prepared;  ///< The item side made ready for fold-in and explain.
  struct Listing;   ///< One user to make a list for.
  [[nodiscard]] const Prepared& prepared() const;
  [[nodiscard]] Listing listing(Index user) const;
  [[nodiscard]] std::vector<std::vector<Scored>> lists(std::span<const Listing> users,
                                                       const ListOptions& options,
                                                       std::span<const Index> never) const;
  void check_factors(const UserView& user) const;
  /// Turns products with the items from `first` on into scores.
  void finish(const UserView& user, std::size_t first, std::span<float> scores) const;

  std::shared_ptr<const Model> model_;
  std::shared_ptr<Prepared> prepared_;
};

/// What best_rows() looks for.
struct RowSearch {
  int top_k = 10;                       ///< Longest list, >= 1.
  std::span<const float> lengths = {};  ///< [rows] > 0, what scores are divided by; or empty.
  const CsrMatrix* hidden = nullptr;    ///< [queries x rows] Not listed for that query; or null.
  std::span<const Index> deny = {};     ///< Never these.
  int threads = 0;                      ///< 0: all. Never changes the result.
};

/// The best rows of a caller's own factors for each query, by dot product: sorted by falling score,
/// ties by lower row, one list for each query. O(queries * rows * factors), memory the lists.
/// @throws Error invalid_argument when shapes differ or a row is out of range.
std::vector<std::vector<Scored>> best_rows(FactorView table,
                                           FactorView queries,
                                           const RowSearch& search);

}  // namespace alsace
