#pragma once

#include "alsace/model.h"

#include "base/random.h"
#include "model/header.h"
#include "model/model_file.h"
#include "support/temporary_folder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace alsace::test {

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string encoded(const Model& model, const std::string& version = "0.1.0") {
  std::string file;
  encode_model(model, version, [&](std::span<const std::byte> bytes) {
    file.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  return file;
}

inline Model decoded(const std::string& file, Checksums checksums = Checksums::verify) {
  return decode_model(std::as_bytes(std::span(file)), nullptr, checksums);
}

/// The message with which a file is refused, or "accepted".
inline std::string refusal(const std::string& file) {
  try {
    decoded(file);
    return "accepted";
  } catch (const FormatError& error) {
    return error.what();
  }
}

/// Three users, two items, two factors, every part filled, with numbers that are easy to see in
/// the bytes. tests/data/model_v1.alsace holds it.
inline Model small_model() {
  Model model;
  model.options = resolve({.feedback = Feedback::explicit_feedback,
                           .factors = 2,
                           .regularization = 0.1,
                           .iterations = 3,
                           .tolerance = 0.001,
                           .solver = Solver::exact,
                           .seed = 18446744073709551615U,
                           .threads = 2,
                           .biases = true});
  for (const char* id : {"ann", "bob", "z\xc3\xb6\x65"}) {
    model.user_ids.find_or_add(id);
  }
  for (const char* id : {"10", "a \"quoted\" film"}) {
    model.item_ids.find_or_add(id);
  }
  model.user_factors = FactorTable(3, 2);
  model.item_factors = FactorTable(2, 2);
  for (Index row = 0; row < 3; ++row) {
    model.user_factors.row(row)[0] = static_cast<float>(row) + 0.5F;
    model.user_factors.row(row)[1] = -static_cast<float>(row);
  }
  model.item_factors.row(0)[0] = 1.0F;
  model.item_factors.row(1)[1] = 0.25F;
  model.user_biases = {0.5F, -0.5F, 0.0F};
  model.item_biases = {1.5F, -1.5F};
  model.user_counts = {2, 1, 0};
  model.item_counts = {1, 2};
  model.spectrum = {1.0, 0.0625};
  model.value_mean = 10.0 / 3;
  model.value_min = 1;
  model.value_max = 5;
  model.interactions = {
      .rows = 3, .columns = 2, .offsets = {0, 2, 3, 3}, .indices = {0, 1, 1}, .values = {4, 1, 5}};
  model.low = {.rows = 3, .columns = 2, .offsets = {0, 0, 1, 1}, .indices = {0}};
  model.data_hash = 0x00000123456789abU;
  model.summary = {.objective = {3.5, 2.25, 0.1},
                   .seconds = {0.01, 0.02, 0.03},
                   .final_objective = 1.0 / 3,
                   .stopped = "iterations",
                   .zeros_dropped = 1,
                   .warnings = {"One \"warning\"."},
                   .threads = 2,
                   .peak_memory_bytes = 1 << 20};
  return model;
}

/// What a random model has and how large it is.
struct Shape {
  Index users = 3;
  Index items = 4;
  int factors = 5;
  bool biases = false;
  bool interactions = true;
  bool values = true;
  bool low = false;
  bool complete = true;
};

inline void fill(FactorTable& table, RandomStream& random) {
  for (Index row = 0; row < table.rows(); ++row) {
    for (float& value : table.row(row)) {
      value = static_cast<float>(random.normal());
    }
  }
}

inline CsrMatrix random_csr(const Shape& shape, bool values, RandomStream& random) {
  CsrMatrix matrix{.rows = shape.users, .columns = shape.items};
  for (Index user = 0; user < shape.users; ++user) {
    for (Index item = 0; item < shape.items; ++item) {
      if (random.below(3) == 0) {
        matrix.indices.push_back(item);
        if (values) {
          matrix.values.push_back(static_cast<float>(1 + random.below(100)));
        }
      }
    }
    matrix.offsets.push_back(static_cast<std::int64_t>(matrix.indices.size()));
  }
  return matrix;
}

inline void count(Model& model) {
  model.user_counts.assign(static_cast<std::size_t>(model.user_ids.size()), 0);
  model.item_counts.assign(static_cast<std::size_t>(model.item_ids.size()), 0);
  for (Index user = 0; user < model.interactions.rows; ++user) {
    for (const Index item : model.interactions.row(user)) {
      ++model.user_counts[static_cast<std::size_t>(user)];
      ++model.item_counts[static_cast<std::size_t>(item)];
    }
  }
}

inline Model random_model(const Shape& shape, std::uint64_t seed) {
  RandomStream random(seed, 1);
  Model model;
  model.options.feedback = shape.biases ? Feedback::explicit_feedback : Feedback::implicit_feedback;
  model.options.factors = shape.factors;
  model.options.biases = shape.biases;
  model.options.regularization = random.uniform();
  model.options.seed = random.bits();
  model.options = resolve(model.options);
  for (Index row = 0; row < shape.users; ++row) {
    model.user_ids.find_or_add(fmt::format("user {}", row));
  }
  for (Index row = 0; row < shape.items; ++row) {
    model.item_ids.find_or_add(fmt::format("i{}", row));
  }
  model.user_factors = FactorTable(shape.users, shape.factors);
  model.item_factors = FactorTable(shape.items, shape.factors);
  fill(model.user_factors, random);
  fill(model.item_factors, random);
  if (shape.biases) {
    model.user_biases.assign(static_cast<std::size_t>(shape.users), 0.25F);
    model.item_biases.assign(static_cast<std::size_t>(shape.items), -0.75F);
  }
  if (shape.interactions && shape.users > 0) {
    model.interactions = random_csr(shape, shape.values, random);
  }
  if (shape.low && shape.users > 0) {
    model.low = random_csr(shape, false, random);
  }
  count(model);
  model.complete = shape.complete;
  if (shape.complete) {
    model.spectrum.assign(static_cast<std::size_t>(shape.factors), random.uniform());
  }
  model.value_mean = random.uniform();
  model.value_max = 1 + random.uniform();
  model.data_hash = random.bits();
  for (int i = 0; i < 3; ++i) {
    model.summary.objective.push_back(random.normal() * 1e300);
    model.summary.seconds.push_back(random.uniform() * 1e-300);
  }
  model.summary.final_objective = random.normal();
  model.summary.confidence_max = random.uniform() * 1e-310;
  return model;
}

inline void expect_same_rows(const FactorTable& a, const FactorTable& b) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.factors(), b.factors());
  for (Index row = 0; row < a.rows(); ++row) {
    ASSERT_TRUE(std::ranges::equal(a.row(row), b.row(row))) << "row " << row;
  }
}

inline void expect_same_ids(const IdTable& a, const IdTable& b) {
  ASSERT_EQ(a.size(), b.size());
  for (Index row = 0; row < a.size(); ++row) {
    ASSERT_EQ(a[row], b[row]);
    ASSERT_EQ(b.find(a[row]), row);
  }
}

inline void expect_same(const Model& a, const Model& b) {
  EXPECT_EQ(a.options, b.options);
  expect_same_rows(a.user_factors, b.user_factors);
  expect_same_rows(a.item_factors, b.item_factors);
  EXPECT_EQ(a.user_biases, b.user_biases);
  EXPECT_EQ(a.item_biases, b.item_biases);
  expect_same_ids(a.user_ids, b.user_ids);
  expect_same_ids(a.item_ids, b.item_ids);
  EXPECT_EQ(a.user_counts, b.user_counts);
  EXPECT_EQ(a.item_counts, b.item_counts);
  EXPECT_EQ(a.spectrum, b.spectrum);
  EXPECT_EQ(a.value_mean, b.value_mean);
  EXPECT_EQ(a.value_min, b.value_min);
  EXPECT_EQ(a.value_max, b.value_max);
  EXPECT_EQ(a.interactions, b.interactions);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.data_hash, b.data_hash);
  EXPECT_EQ(a.complete, b.complete);
  EXPECT_EQ(a.summary, b.summary);
}

}  // namespace alsace::test
