#pragma once

#include <cstddef>

/// What one core can do at most, for the share that kernels reach of it.
namespace alsace::bench {

/// Independent multiply-adds in registers on the widest vectors; gives the floating-point
/// operations.
double multiply_adds(std::size_t rounds);

/// Reads `count` floats, whole vectors, in four places at once: no kernel reads faster. Gives
/// something of them.
float read_all(const float* values, std::size_t count);

}  // namespace alsace::bench
