#include "kernels/gather.h"

#include <algorithm>
#include <cmath>

namespace alsace::kernels::reference {
namespace {

double dot(const float* a, const float* b, std::size_t length) {
  double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

const float* row_of(const float* table, std::size_t stride, std::int32_t row) {
  return table + static_cast<std::size_t>(row) * stride;
}

/// q += sum_j s_j y_j with s_j = w_j (y_j . p), or with targets t_j - w_j (y_j . p).
void add_data_term(const GatherSystem& system, bool residual, const float* p, float* q) {
  for (std::size_t j = 0; j < system.entries; ++j) {
    const float* y = row_of(system.table, system.stride, system.columns[j]);
    const double product = static_cast<double>(system.weights[j]) * dot(y, p, system.stride);
    const auto scale =
        static_cast<float>(residual ? static_cast<double>(system.targets[j]) - product : product);
    for (std::size_t i = 0; i < system.stride; ++i) {
      q[i] += scale * y[i];
    }
  }
}

}  // namespace

void gather_dots(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 const float* x,
                 double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    out[j] = dot(x, row_of(table, stride, columns[j]), stride);
  }
}

void score_rows(
    const float* table, std::size_t stride, std::size_t rows, const float* x, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    out[r] = static_cast<float>(dot(x, table + r * stride, stride));
  }
}

void gather_rows(const float* table,
                 std::size_t stride,
                 const std::int32_t* columns,
                 std::size_t entries,
                 double* out) {
  for (std::size_t j = 0; j < entries; ++j) {
    std::copy_n(row_of(table, stride, columns[j]), stride, out + j * stride);
  }
}

bool conjugate_gradients(const GatherSystem& system,
                         const float* preconditioner,
                         float tolerance,
                         int max_steps,
                         float* x,
                         float* work) {
  const std::size_t stride = system.stride;
  float* r = work;
  float* p = work + stride;
  float* q = work + 2 * stride;
  for (std::size_t i = 0; i < stride; ++i) {
    r[i] = -system.diagonal[i] * x[i];
  }
  add_data_term(system, true, x, r);
  double rz = 0;
  double energy = 0;
  for (std::size_t i = 0; i < stride; ++i) {
    p[i] = r[i] * preconditioner[i];
    rz += static_cast<double>(r[i]) * static_cast<double>(p[i]);
    energy += static_cast<double>(system.diagonal[i] * x[i]) * static_cast<double>(x[i]);
  }
  const double limit = static_cast<double>(tolerance * tolerance) * std::max(energy, rz);
  for (int step = 0; step < max_steps && rz > limit; ++step) {
    for (std::size_t i = 0; i < stride; ++i) {
      q[i] = system.diagonal[i] * p[i];
    }
    add_data_term(system, false, p, q);
    const double pq = dot(p, q, stride);
    if (!(pq > 0)) {
      return false;
    }
    const auto length = static_cast<float>(rz / pq);
    double next = 0;
    for (std::size_t i = 0; i < stride; ++i) {
      x[i] += length * p[i];
      r[i] -= length * q[i];
      next += static_cast<double>(r[i] * r[i]) * static_cast<double>(preconditioner[i]);
    }
    const auto turn = static_cast<float>(next / rz);
    for (std::size_t i = 0; i < stride; ++i) {
      p[i] = r[i] * preconditioner[i] + turn * p[i];
    }
    rz = next;
  }
  return rz <= limit && std::isfinite(static_cast<float>(limit));
}

}  // namespace alsace::kernels::reference
