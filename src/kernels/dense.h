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

/// Columns of a panel: the rows of 16 columns, one after the other, so that a loop over rows reads
/// memory in order. Wider matrices are several panels, one after the other.
constexpr std::size_t panel_columns = 16;

/// out[i][j] += sum over r of a[r][i] * b[r][j]; the sum in T, so float's rows must be few. a: one
/// panel, b: panels of `columns` columns in all, out: [panel_columns x columns], rows `stride`
/// apart.
void add_panel_products(const double* a,
                        const double* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out);
void add_panel_products(const float* a,
                        const float* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out);

/// One rotation of two rows next to each other.
struct Rotation {
  double c = 1;
  double s = 0;
};

/// rows -= scale * v (v' rows), a Householder reflection where scale is 2 / v'v. panel: `rows` rows
/// of panel_columns, v: [rows], any alignment.
void reflect_panel(double scale, const double* v, std::size_t rows, double* panel);

/// Rows i and i + 1 become c row_i - s row_(i+1) and s row_i + c row_(i+1), by rotation i of
/// `count`, in their order. panel: count + 1 rows of panel_columns.
void rotate_panel(const Rotation* rotations, std::size_t count, double* panel);

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
void add_panel_products(const double* a,
                        const double* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out);
void add_panel_products(const float* a,
                        const float* b,
                        std::size_t rows,
                        std::size_t columns,
                        std::size_t stride,
                        double* out);
void reflect_panel(double scale, const double* v, std::size_t rows, double* panel);
void rotate_panel(const Rotation* rotations, std::size_t count, double* panel);
bool cholesky(double* a, std::size_t size, std::size_t stride);
void cholesky_solve(const double* l, std::size_t size, std::size_t stride, double* x);
}  // namespace reference

}  // namespace alsace::kernels
