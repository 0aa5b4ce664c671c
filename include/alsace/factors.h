#pragma once

#include "alsace/interactions.h"

#include <cstddef>
#include <memory>
#include <span>

namespace alsace {

/// A caller's own factors, read only: row r starts at data + r * stride.
struct FactorView {
  const float* data = nullptr;
  Index rows = 0;
  int factors = 0;
  std::size_t stride = 0;  ///< Floats from one row to the next, >= factors.

  [[nodiscard]] std::span<const float> row(Index index) const noexcept {
    return {data + static_cast<std::size_t>(index) * stride, static_cast<std::size_t>(factors)};
  }
};

/// A caller's own factors, written in place. Floats between factors and stride are left alone.
struct MutableFactorView {
  float* data = nullptr;
  Index rows = 0;
  int factors = 0;
  std::size_t stride = 0;

  [[nodiscard]] std::span<float> row(Index index) const noexcept {
    return {data + static_cast<std::size_t>(index) * stride, static_cast<std::size_t>(factors)};
  }
  operator FactorView() const noexcept { return {data, rows, factors, stride}; }  // NOLINT
};

/// Dense row-major factors, [rows x factors], each row padded with zeros to stride() floats (a
/// whole number of 64-byte lines, and 64-byte aligned), so that kernels need no tail loop.
///
/// A table owns its floats, or looks at a mapped model file and is then read only (a copy owns).
class FactorTable {
 public:
  FactorTable() = default;

  /// All zeros. @throws Error invalid_argument unless rows >= 0 and 1 <= factors <= 65536.
  FactorTable(Index rows, int factors);

  /// A read-only table over floats that `owner` keeps alive: data is 64-byte aligned and
  /// factors a multiple of 16.
  FactorTable(std::shared_ptr<const void> owner, const float* data, Index rows, int factors);

  FactorTable(const FactorTable& other);
  FactorTable& operator=(const FactorTable& other);
  FactorTable(FactorTable&& other) noexcept;  ///< Leaves an empty table behind, as the next.
  FactorTable& operator=(FactorTable&& other) noexcept;
  ~FactorTable() = default;

  /// A padded copy.
  static FactorTable copy_of(FactorView factors);

  /// Floats per padded row: factors rounded up to a multiple of 16.
  static std::size_t stride_of(int factors) noexcept {
    return (static_cast<std::size_t>(factors) + 15) / 16 * 16;
  }

  [[nodiscard]] Index rows() const noexcept { return rows_; }
  [[nodiscard]] int factors() const noexcept { return factors_; }
  [[nodiscard]] std::size_t stride() const noexcept { return stride_of(factors_); }
  [[nodiscard]] const float* data() const noexcept { return data_; }
  /// Only for a table that owns its floats.
  [[nodiscard]] float* data() noexcept { return const_cast<float*>(data_); }  // NOLINT

  [[nodiscard]] std::span<const float> row(Index index) const noexcept {
    return {data_ + static_cast<std::size_t>(index) * stride(), static_cast<std::size_t>(factors_)};
  }
  /// Only for a table that owns its floats.
  [[nodiscard]] std::span<float> row(Index index) noexcept {
    return {data() + static_cast<std::size_t>(index) * stride(),
            static_cast<std::size_t>(factors_)};
  }

  operator FactorView() const noexcept { return {data_, rows_, factors_, stride()}; }  // NOLINT
  [[nodiscard]] MutableFactorView view() noexcept { return {data(), rows_, factors_, stride()}; }

 private:
  std::shared_ptr<const void> owner_;
  const float* data_ = nullptr;
  Index rows_ = 0;
  int factors_ = 0;
};

}  // namespace alsace
