#pragma once

#include "alsace/csr_matrix.h"
#include "alsace/interactions.h"

namespace alsace {

/// Triplets as compressed rows by user, [users x items], columns rising within a row and, where a
/// pair is repeated, in the order of the triplets. O(entries + users + items).
/// @throws Error invalid_argument for a row number out of range.
CsrMatrix to_csr(const Triplets& triplets, Index users, Index items);

/// The same, and the triplets are released on the way: together they take at most 20 bytes per
/// entry, 12 without values, where keeping the triplets takes 28 and 16.
CsrMatrix to_csr(Triplets&& triplets, Index users, Index items);

/// The same entries by column; columns rise within a row. O(entries + rows + columns).
CsrMatrix transpose(const CsrMatrix& matrix);

}  // namespace alsace
