#include "solve/eigenbasis.h"

#include "alsace/error.h"

#include "kernels/dense.h"

#include <algorithm>

#include <Eigen/Eigenvalues>

namespace alsace {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SquareMatrix padded_zeros(const SquareMatrix& like) {
  return {.size = like.size,
          .stride = like.stride,
          .values = AlignedVector<double>(like.stride * like.stride, 0.0)};
}

}  // namespace

Eigenbasis eigenbasis(const SquareMatrix& gram) {
  const auto size = static_cast<Eigen::Index>(gram.size);
  const Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>> matrix(
      gram.values.data(), size, size, Eigen::OuterStride<>(static_cast<Eigen::Index>(gram.stride)));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver{Eigen::MatrixXd(matrix)};
  if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite()) {
    throw Error(ErrorCode::numerical_failure,
                "solve: the factors have grown beyond what float can hold. Raise regularization, "
                "or check the values for huge ones.");
  }
  Eigenbasis basis{.values = {}, .into = padded_zeros(gram), .back = padded_zeros(gram)};
  for (std::size_t j = 0; j < gram.size; ++j) {
    const Eigen::Index from = size - 1 - static_cast<Eigen::Index>(j);
    basis.values.push_back(std::max(0.0, solver.eigenvalues()[from]));
    const Eigen::VectorXd vector = solver.eigenvectors().col(from);
    Eigen::Index largest = 0;
    vector.cwiseAbs().maxCoeff(&largest);
    const double sign = vector[largest] < 0 ? -1.0 : 1.0;
    for (std::size_t i = 0; i < gram.size; ++i) {
      const double value = sign * vector[static_cast<Eigen::Index>(i)];
      basis.into.values[i * gram.stride + j] = value;
      basis.back.values[j * gram.stride + i] = value;
    }
  }
  return basis;
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
