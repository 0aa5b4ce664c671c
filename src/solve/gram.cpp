#include "solve/gram.h"

#include "kernels/dense.h"

#include <algorithm>
#include <vector>

namespace alsace {
namespace {

using kernels::panel_columns;

constexpr std::size_t panel_rows = 128;   // As many as float sums over may have.
constexpr std::size_t least_rows = 1024;  // Of a block, for its sums to be little beside its work.
constexpr std::size_t most_blocks = 16;
constexpr std::size_t most_tiles = 288;  // Of all blocks' sums together: 36 MiB.

/// The lower triangle as square tiles, one after the other, each small enough for its sums and
/// panels to stay in cache.
struct Tiles {
  std::size_t stride;  ///< Of the whole.
  std::size_t side;

  explicit Tiles(std::size_t columns)
      : stride(columns), side(std::min<std::size_t>(columns, 128)) {}
  [[nodiscard]] std::size_t count() const {
    const std::size_t across = (stride + side - 1) / side;
    return across * (across + 1) / 2;
  }
  [[nodiscard]] std::size_t values() const { return count() * side * side; }
  [[nodiscard]] std::size_t place(std::size_t i, std::size_t j) const {
    const std::size_t down = i / side;
    return (down * (down + 1) / 2 + j / side) * side * side + i % side * side + j % side;
  }
};

/// Rows that are one task, with sums of its own.
std::size_t rows_per_block(std::size_t rows, std::size_t tiles) {
  const std::size_t blocks = std::clamp<std::size_t>(most_tiles / tiles, 4, most_blocks);
  return std::max(least_rows, (rows + blocks - 1) / blocks);
}

/// Rows [begin, end) as panels. Columns past the factors hold anything: no sum of theirs is used.
template <class T>
void copy_panels(FactorView factors, std::size_t begin, std::size_t end, T* out) {
  const std::size_t panel = (end - begin) * panel_columns;
  for (std::size_t row = begin; row < end; ++row, out += panel_columns) {
    const std::span<const float> values = factors.row(static_cast<Index>(row));
    T* place = out;
    for (std::size_t i = 0; i < values.size(); i += panel_columns, place += panel) {
      const std::size_t used = std::min(panel_columns, values.size() - i);
      std::copy_n(values.data() + i, used, place);
    }
  }
}

/// Adds the products of all panels of `rows` rows to the tiles of the lower triangle.
template <class T>
void add_tiles(const T* panels, std::size_t rows, const Tiles& tiles, double* sums) {
  for (std::size_t i = 0; i < tiles.stride; i += panel_columns) {
    for (std::size_t j = 0; j <= i; j += tiles.side) {
      kernels::add_panel_products(panels + i * rows,
                                  panels + j * rows,
                                  rows,
                                  std::min(tiles.side, i + panel_columns - j),
                                  tiles.side,
                                  sums + tiles.place(i, j));
    }
  }
}

/// The sums of each block of rows, by tiles.
template <class T>
std::vector<AlignedVector<double>> block_sums(FactorView factors,
                                              const Tiles& tiles,
                                              ThreadPool& pool) {
  const auto rows = static_cast<std::size_t>(factors.rows);
  const std::size_t block = rows_per_block(rows, tiles.count());
  std::vector<AlignedVector<double>> sums((rows + block - 1) / block);
  parallel_blocks(pool, rows, block, [&](std::size_t begin, std::size_t end, int) {
    AlignedVector<double>& sum = sums[begin / block];
    sum.assign(tiles.values(), 0.0);
    AlignedVector<T> panels(panel_rows * tiles.stride, T{0});
    for (std::size_t first = begin; first < end; first += panel_rows) {
      const std::size_t last = std::min(end, first + panel_rows);
      copy_panels(factors, first, last, panels.data());
      add_tiles(panels.data(), last - first, tiles, sum.data());
    }
  });
  return sums;
}

}  // namespace

SquareMatrix gram(FactorView factors, ThreadPool& pool, GramSums precision) {
  const Tiles tiles(FactorTable::stride_of(factors.factors));
  const auto sums = precision == GramSums::floats ? block_sums<float>(factors, tiles, pool)
                                                  : block_sums<double>(factors, tiles, pool);
  SquareMatrix result{.size = static_cast<std::size_t>(factors.factors),
                      .stride = tiles.stride,
                      .values = AlignedVector<double>(tiles.stride * tiles.stride, 0.0)};
  for (std::size_t i = 0; i < result.size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double total = 0;
      for (const auto& sum : sums) {
        total += sum[tiles.place(i, j)];
      }
      result.values[i * tiles.stride + j] = total;
      result.values[j * tiles.stride + i] = total;
    }
  }
  return result;
}

}  // namespace alsace
