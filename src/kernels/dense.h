#pragma once

#include <cstddef>

/// Loops over dense blocks, in double where not said otherwise. Pointers, not matrices: this folder
/// knows nothing above it.
///
/// Rows lie `stride` elements apart; stride is a multiple of 16, pointers are 64-byte aligned, and
/// what is between the used columns and the stride is zero, so that no loop has a tail.
namespace alsace::kernels {

/// out[i][j] += sum over r of a[r][i] * b[r][j], for j <= i at least (whole tiles are written, so
/// columns above the diagonal hold unfinished sums). a, b: [rows x stride], out: [stride x stride].
void add_products(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out);

/// out[i][j] = z[i] . z[j] for j <= i. z: [rows x stride], out rows out_stride apart.
void row_products(
    const double* z, std::size_t rows, std::size_t stride, double* out, std::size_t out_stride);

/// out = a times b, in double and then rounded, or in float. a, out: [rows x stride],
/// b: [stride x stride].
void multiply(const double* a, std::size_t rows, std::size_t stride, const double* b, float* out);
void multiply(const float* a, std::size_t rows, std::size_t stride, const float* b, float* out);

/// Replaces the lower triangle of a symmetric matrix by its Cholesky factor L, A = L L'; what is
/// above the diagonal is not read. False when a pivot is not positive. O(size^3 / 3).
bool cholesky(double* a, std::size_t size, std::size_t stride);

/// Solves L L' x = b in place, L from cholesky().
void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x);

/// The plain loops: the truth the fast ones are tested against.
namespace reference {
void add_products(
    const double* a, const double* b, std::size_t rows, std::size_t stride, double* out);
void row_products(
    const double* z, std::size_t rows, std::size_t stride, double* out, std::size_t out_stride);
void multiply(const double* a, std::size_t rows, std::size_t stride, const double* b, float* out);
void multiply(const float* a, std::size_t rows, std::size_t stride, const float* b, float* out);
bool cholesky(double* a, std::size_t size, std::size_t stride);
void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x);
}  // namespace reference

}  // namespace alsace::kernels
