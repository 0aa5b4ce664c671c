#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/evaluate.h"

#include "base/thread_pool.h"

#include <functional>
#include <span>
#include <vector>

namespace alsace {

/// What an item-based model learns from and asks: training interactions by user and by item, and
/// what is known of each user.
struct ItemMatrix {
  CsrMatrix by_user;  ///< Training. [users x items]
  CsrMatrix by_item;  ///< The same. [items x users]
  CsrMatrix fold_in;  ///< [users x items], or 0 rows.

  [[nodiscard]] bool is_trained(Index item) const noexcept { return !by_item.row(item).empty(); }

  /// Calls body(item, value) for each item of a user's history.
  void each_of_history(Index user, const std::function<void(Index, float)>& body) const;
};

/// @throws Error invalid_argument.
ItemMatrix item_matrix(const Split& split);

/// Takes an item, the items that have a user in common with it (itself too) in no particular order,
/// and for these [items] the sum over users of the one's value times the other's.
using ItemProductsSink = std::function<void(
    Index item, std::span<const Index> others, std::span<const double> products)>;

/// The products of every item with every other: rows of the sparse product by_item by_user, each
/// summed in a dense row of its thread (Gustavson 1978), over users in rising order. Calls `body`
/// from several threads at once. O(sum over users of interactions^2).
void each_item_products(const CsrMatrix& by_user,
                        const CsrMatrix& by_item,
                        ThreadPool& pool,
                        const ItemProductsSink& body);

}  // namespace alsace
