#include "alsace/factors.h"

#include "alsace/error.h"

#include "base/aligned.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>

namespace alsace {
namespace {

constexpr std::size_t alignment = 64;
constexpr int most_factors = 65536;

void check_shape(Index rows, int factors) {
  if (rows < 0 || factors < 1 || factors > most_factors) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("factors: a table of {} rows and {} factors cannot be made. Rows must be "
                    "0 or more, factors 1 to {}.",
                    rows,
                    factors,
                    most_factors));
  }
}

/// Zeroed, aligned floats that free themselves; at least one, so that data is never null.
std::shared_ptr<float> allocate(std::size_t floats) {
  const std::size_t bytes = std::max(floats * sizeof(float), alignment);
  auto* data = static_cast<float*>(allocate_aligned(bytes));
  std::memset(data, 0, bytes);
  return {data, [](float* p) { free_aligned(p); }};
}

}  // namespace

FactorTable::FactorTable(Index rows, int factors) {
  check_shape(rows, factors);
  auto floats = allocate(static_cast<std::size_t>(rows) * stride_of(factors));
  data_ = floats.get();
  owner_ = std::move(floats);
  rows_ = rows;
  factors_ = factors;
}

FactorTable::FactorTable(std::shared_ptr<const void> owner,
                         const float* data,
                         Index rows,
                         int factors)
    : owner_(std::move(owner)), data_(data), rows_(rows), factors_(factors) {
  check_shape(rows, factors);
}

FactorTable::FactorTable(const FactorTable& other) {
  *this = copy_of(other);
}

FactorTable& FactorTable::operator=(const FactorTable& other) {
  if (this != &other) {
    *this = copy_of(other);
  }
  return *this;
}

FactorTable::FactorTable(FactorTable&& other) noexcept {
  *this = std::move(other);
}

FactorTable& FactorTable::operator=(FactorTable&& other) noexcept {
  if (this != &other) {
    owner_ = std::move(other.owner_);
    data_ = std::exchange(other.data_, nullptr);
    rows_ = std::exchange(other.rows_, 0);
    factors_ = std::exchange(other.factors_, 0);
  }
  return *this;
}

FactorTable FactorTable::copy_of(FactorView factors) {
  if (factors.factors == 0) {
    return {};
  }
  FactorTable copy(factors.rows, factors.factors);
  for (Index row = 0; row < factors.rows; ++row) {
    std::ranges::copy(factors.row(row), copy.row(row).begin());
  }
  return copy;
}

}  // namespace alsace
