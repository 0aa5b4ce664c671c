#pragma once

#include "kernels/gather.h"

#include <cstddef>

/// The linear systems of single rows in float: summed from gathered rows of a factor table,
/// factorized, solved. Symmetric matrices are held by their upper triangle; what lies below the
/// diagonal is neither read nor kept.
///
/// Table rows lie `stride` floats apart; stride is a multiple of 16, rows are 64-byte aligned and
/// padded with zeros, so that no loop has a tail. So are matrices, padded with ones on the
/// diagonal.
namespace alsace::kernels {

/// Rows that gram_of_factors() works on together at most: its scratch holds [gram_panel x stride].
inline constexpr std::size_t gram_panel = 64;

/// out = diag(diagonal) + sum_j w_j y_j y_j', sum = sum_j t_j y_j. Without weights (null) all are
/// 1, and the rows are read where they are. out: [stride x stride], diagonal, sum: [stride].
void gram_of_factors(const Gathered& rows,
                     const float* weights,
                     const float* targets,
                     const float* diagonal,
                     float* scratch,
                     float* out,
                     float* sum);

/// out_ij = sum_c y_ic scale_c y_jc, plus diagonal_i where i = j, padded with ones on the diagonal
/// to [count rounded up to 16, squared]. scratch: [count rounded up to 4 x stride].
void gram_of_entries(
    const Gathered& rows, const float* scale, const float* diagonal, float* scratch, float* out);

/// Factorizes a positive definite matrix in place, [size x size], size a multiple of 16: A = U'U.
/// Diagonal blocks, as wide as a vector, are replaced by the inverse of U' there, all that
/// solve_factored() needs: only it can read the result. False when a pivot is not positive.
/// O(size^3 / 3).
bool factorize(float* a, std::size_t size);

/// Solves A x = b in place, with what factorize() made of A. O(size^2).
void solve_factored(const float* factored, std::size_t size, float* x);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void gram_of_factors(const Gathered& rows,
                     const float* weights,
                     const float* targets,
                     const float* diagonal,
                     float* out,
                     float* sum);
void gram_of_entries(const Gathered& rows, const float* scale, const float* diagonal, float* out);
bool factorize(float* a, std::size_t size);
void solve_factored(const float* factored, std::size_t size, float* x);
}  // namespace reference

}  // namespace alsace::kernels
