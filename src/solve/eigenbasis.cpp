#include "solve/eigenbasis.h"

#include "alsace/error.h"

#include "kernels/dense.h"
#include "solve/tridiagonal.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <Eigen/Eigenvalues>

namespace alsace {
namespace {

[[noreturn]] void refuse() {
  throw Error(ErrorCode::numerical_failure,
              "solve: the factors have grown beyond what float can hold. Raise regularization, "
              "or check the values for huge ones.");
}

using kernels::panel_columns;

/// G = H_0 H_1 ... T ... H_1 H_0 scale, H_k = I - factors[k] v_k v_k'. v_k is column k of `vectors`
/// from row k + 1 on.
struct Tridiagonal {
  double scale = 1;
  std::vector<double> diagonal;
  std::vector<double> beside;
  Eigen::MatrixXd vectors;
  Eigen::VectorXd factors;
};

Tridiagonal tridiagonal(const SquareMatrix& gram) {
  const auto size = static_cast<Eigen::Index>(gram.size);
  const Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>> matrix(
      gram.values.data(), size, size, Eigen::OuterStride<>(static_cast<Eigen::Index>(gram.stride)));
  Tridiagonal result;
  result.diagonal.assign(gram.size, 0.0);
  result.beside.assign(std::max<std::size_t>(gram.size, 1) - 1, 0.0);
  result.scale = size > 0 ? matrix.cwiseAbs().maxCoeff<Eigen::PropagateNaN>() : 0.0;
  if (!std::isfinite(result.scale)) {
    refuse();
  }
  if (result.scale == 0) {
    return result;
  }
  const Eigen::Tridiagonalization<Eigen::MatrixXd> parts(matrix / result.scale);
  Eigen::VectorXd::Map(result.diagonal.data(), size) = parts.diagonal();
  Eigen::VectorXd::Map(result.beside.data(), size - 1) = parts.subDiagonal();
  result.vectors = parts.packedMatrix();
  result.vectors.diagonal(-1).setOnes();
  result.factors = parts.householderCoefficients();
  return result;
}

/// As diagonalize(), but with the error of a half-step.
std::vector<Sweep> turn(Tridiagonal& matrix) {
  auto sweeps = diagonalize(matrix.diagonal, matrix.beside);
  if (!sweeps) {
    refuse();
  }
  return std::move(*sweeps);
}

/// Rows of Q as panels: a column of a panel is a row of Q, which rotations of Q's columns work on
/// alone. So threads need not wait for each other.
AlignedVector<double> basis_panels(const Tridiagonal& matrix,
                                   const std::vector<Sweep>& sweeps,
                                   ThreadPool& pool) {
  const std::size_t size = matrix.diagonal.size();
  AlignedVector<double> panels((size + panel_columns - 1) / panel_columns * panel_columns * size,
                               0.0);
  parallel_blocks(pool, size, panel_columns, [&](std::size_t begin, std::size_t end, int) {
    double* panel = panels.data() + begin * size;
    for (std::size_t i = begin; i < end; ++i) {
      panel[i * panel_columns + i - begin] = 1;
    }
    for (Eigen::Index k = 0; k < matrix.factors.size(); ++k) {
      const std::size_t first = static_cast<std::size_t>(k) + 1;
      kernels::reflect_panel(matrix.factors[k],
                             matrix.vectors.col(k).data() + first,
                             size - first,
                             panel + first * panel_columns);
    }
    for (const Sweep& sweep : sweeps) {
      kernels::rotate_panel(
          sweep.rotations.data(), sweep.rotations.size(), panel + sweep.first * panel_columns);
    }
  });
  return panels;
}

/// Of each column of Q, the sign of its largest entry, the first of several.
std::vector<double> signs(const AlignedVector<double>& panels, std::size_t size) {
  std::vector<double> largest(size, 0.0);
  for (std::size_t begin = 0; begin < size; begin += panel_columns) {
    const double* panel = panels.data() + begin * size;
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t i = 0; i < panel_columns; ++i) {
        const double value = panel[j * panel_columns + i];
        largest[j] = std::abs(value) > std::abs(largest[j]) ? value : largest[j];
      }
    }
  }
  std::ranges::transform(
      largest, largest.begin(), [](double value) { return value < 0 ? -1.0 : 1.0; });
  return largest;
}

/// Places in falling order of the values.
std::vector<std::size_t> falling(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return order;
}

SquareMatrix padded_zeros(const SquareMatrix& like) {
  return {.size = like.size,
          .stride = like.stride,
          .values = AlignedVector<double>(like.stride * like.stride, 0.0)};
}

/// The eigenvalues in that order, none of them negative.
std::vector<double> sorted_values(const Tridiagonal& matrix,
                                  const std::vector<std::size_t>& order) {
  std::vector<double> values;
  values.reserve(order.size());
  for (const std::size_t from : order) {
    values.push_back(std::max(0.0, matrix.diagonal[from] * matrix.scale));
  }
  return values;
}

}  // namespace

Eigenbasis eigenbasis(const SquareMatrix& gram, ThreadPool& pool) {
  Tridiagonal matrix = tridiagonal(gram);
  const AlignedVector<double> panels = basis_panels(matrix, turn(matrix), pool);
  const std::vector<std::size_t> order = falling(matrix.diagonal);
  const std::vector<double> sign = signs(panels, gram.size);
  matrix.vectors.resize(0, 0);
  Eigenbasis basis{.values = sorted_values(matrix, order),
                   .into = padded_zeros(gram),
                   .back = padded_zeros(gram)};
  parallel_blocks(pool, gram.size, panel_columns, [&](std::size_t begin, std::size_t end, int) {
    for (std::size_t j = 0; j < gram.size; ++j) {
      const double* from = panels.data() + begin * gram.size + order[j] * panel_columns;
      for (std::size_t i = begin; i < end; ++i) {
        const double value = sign[order[j]] * from[i - begin];
        basis.into.values[i * gram.stride + j] = value;
        basis.back.values[j * gram.stride + i] = value;
      }
    }
  });
  return basis;
}

Eigenbasis eigenbasis(const SquareMatrix& gram) {
  ThreadPool alone(1);
  return eigenbasis(gram, alone);
}

std::vector<double> eigenvalues(const SquareMatrix& gram) {
  Tridiagonal matrix = tridiagonal(gram);
  turn(matrix);
  return sorted_values(matrix, falling(matrix.diagonal));
}

FactorTable rotate(FactorView factors, const SquareMatrix& basis, ThreadPool& pool) {
  constexpr std::size_t block = 64;
  FactorTable rotated(factors.rows, factors.factors);
  const std::size_t stride = rotated.stride();
  parallel_blocks(
      pool,
      static_cast<std::size_t>(factors.rows),
      block,
      [&](std::size_t begin, std::size_t end, int) {
        AlignedVector<double> rows(block * stride, 0.0);
        for (std::size_t r = begin; r < end; ++r) {
          std::ranges::copy(factors.row(static_cast<Index>(r)),
                            rows.begin() + static_cast<std::ptrdiff_t>((r - begin) * stride));
        }
        kernels::multiply(
            rows.data(), end - begin, stride, basis.values.data(), rotated.data() + begin * stride);
      });
  return rotated;
}

}  // namespace alsace
