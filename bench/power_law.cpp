// Writes power-law interactions (alsace/generate.h) as a CSV file of user,item lines in random
// order of users, for the comparison with other engines: power_law INTERACTIONS OUT.csv [SEED].

#include "alsace/generate.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <fmt/format.h>

namespace {

/// The density of the default, which is that of MovieLens 10M, at any size.
alsace::PowerLawOptions sized(std::int64_t interactions) {
  alsace::PowerLawOptions options;
  const double growth =
      static_cast<double>(interactions) / static_cast<double>(options.interactions);
  options.users = static_cast<alsace::Index>(std::max(100.0, options.users * growth));
  options.interactions = interactions;
  return options;
}

void write(const alsace::Interactions& data, const char* path) {
  std::FILE* file = std::fopen(path, "w");
  if (file == nullptr) {
    throw std::runtime_error(std::string("cannot write ") + path);
  }
  fmt::memory_buffer lines;
  fmt::format_to(std::back_inserter(lines), "user,item\n");
  const alsace::Triplets& triplets = data.triplets;
  for (std::size_t j = 0; j < triplets.users.size(); ++j) {
    fmt::format_to(std::back_inserter(lines), "{},{}\n", triplets.users[j], triplets.items[j]);
    if (lines.size() > (1U << 20) || j + 1 == triplets.users.size()) {
      std::fwrite(lines.data(), 1, lines.size(), file);
      lines.clear();
    }
  }
  if (std::fclose(file) != 0) {
    throw std::runtime_error(std::string("cannot write ") + path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("power_law INTERACTIONS OUT.csv [SEED]\n", stderr);
    return 2;
  }
  try {
    alsace::PowerLawOptions options = sized(std::strtoll(argv[1], nullptr, 10));
    if (argc > 3) {
      options.seed = std::strtoull(argv[3], nullptr, 10);
    }
    write(alsace::generate_power_law(options), argv[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
