#include "alsace/error.h"
#include "alsace/model.h"

#include "model/header.h"
#include "models.h"

#include <cstdint>
#include <fstream>
#include <functional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace alsace::test {
namespace {

// docs/model_format.md states these; a change of one is a new format version.
static_assert(model_format_version == 2);
static_assert(tensor_alignment == 64);
static_assert(most_header_bytes == 1048576);
static_assert(header_start == "{\"__metadata__\":{\"format\":\"alsace model\",\"version\":\"");

const std::filesystem::path golden_file =
    std::filesystem::path(ALSACE_SOURCE_DIR) / "tests/data/model_v1.alsace";

TEST(ModelFile, GivesBackEveryFieldOfAModel) {
  const TemporaryFolder folder;

  save_model(small_model(), folder / "small.alsace");

  expect_same(small_model(), load_model(folder / "small.alsace"));
}

TEST(ModelFile, GivesBackModelsOfAllShapes) {
  const TemporaryFolder folder;
  const std::vector<Shape> shapes = {
      {},
      {.users = 0, .items = 0, .factors = 1},
      {.users = 0, .items = 3, .factors = 16},
      {.users = 3, .items = 0, .factors = 17},
      {.users = 1, .items = 1, .factors = 1},
      {.users = 40, .items = 33, .factors = 16},
      {.users = 40, .items = 33, .factors = 17, .biases = true},
      {.users = 0, .items = 3, .factors = 2, .biases = true},
      {.users = 7, .items = 5, .factors = 64, .interactions = false},
      {.users = 7, .items = 5, .factors = 3, .values = false, .low = true},
      {.users = 7, .items = 5, .factors = 3, .low = true, .complete = false},
      {.users = 5000, .items = 2, .factors = 15},  // More than one block of rows.
      {.users = 2, .items = 3, .factors = 65536},
  };
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(
        fmt::format("{} users, {} items, {} factors", shape.users, shape.items, shape.factors));
    const Model model = random_model(shape, 7);

    save_model(model, folder / "model.alsace");

    const Model loaded = load_model(folder / "model.alsace");
    expect_same(model, loaded);
    EXPECT_EQ(model_hash(model), model_hash(loaded));
  }
}

RC_GTEST_PROP(ModelFile, GivesBackRandomModels, (std::uint64_t seed)) {
  const Shape shape{.users = *rc::gen::inRange(0, 9),
                    .items = *rc::gen::inRange(0, 9),
                    .factors = *rc::gen::inRange(1, 40),
                    .biases = *rc::gen::arbitrary<bool>(),
                    .interactions = *rc::gen::arbitrary<bool>(),
                    .values = *rc::gen::arbitrary<bool>(),
                    .low = *rc::gen::arbitrary<bool>(),
                    .complete = *rc::gen::arbitrary<bool>()};
  const Model model = random_model(shape, seed);
  const Model loaded = decoded(encoded(model));
  expect_same(model, loaded);
  RC_ASSERT(encoded(loaded) == encoded(model));
  RC_ASSERT(model_hash(loaded) == model_hash(model));
}

TEST(ModelFile, OfFormat1StillLoads) {
  expect_same(small_model(), load_model(golden_file));
}

TEST(ModelFile, OfTheSameModelHasTheSameBytes) {
  const std::string golden = read_bytes(golden_file);

  ASSERT_LT(golden.size(), 8192U);
  EXPECT_TRUE(encoded(small_model(), "0.1.0") == golden);
  EXPECT_TRUE(encoded(load_model(golden_file), "0.1.0") == golden);
}

/// What only format 2 can hold.
Model model_of_format_2() {
  Model model = random_model({}, 5);
  model.options.dislikes = true;
  model.user_ids.set_kind(IdKind::text);
  model.item_ids = IdTable::numbered(model.item_ids.size());
  return model;
}

TEST(ModelFile, OfFormat2KnowsDislikesAndKindsOfIds) {
  const Model model = model_of_format_2();
  const Model loaded = decoded(encoded(model));

  expect_same(model, loaded);
  EXPECT_EQ(loaded.user_ids.kind(), IdKind::text);
  EXPECT_EQ(loaded.item_ids.kind(), IdKind::integer);
  EXPECT_THAT(encoded(model), testing::HasSubstr(R"("version":"2")"));
  EXPECT_EQ(model_hash(loaded), model_hash(model));
}

TEST(ModelFile, WithIdsThatAreNotOfTheirKindIsRefused) {
  for (const char* id : {"x", "01", "-0", "+1", "1.0", "9223372036854775808"}) {
    Model model = random_model({.users = 1}, 5);
    model.user_ids = IdTable();
    model.user_ids.find_or_add(id);
    model.user_ids.set_kind(IdKind::integer);
    EXPECT_THROW(static_cast<void>(encoded(model)), FormatError) << id;
  }
}

TEST(ModelFile, InMemoryIsTheSameModel) {
  const std::vector<std::byte> bytes = to_bytes(small_model());

  expect_same(small_model(), from_bytes(bytes));
  EXPECT_THROW(static_cast<void>(from_bytes(std::span(bytes).first(100))), Error);
}

TEST(ModelFile, HasEveryTensorOn64Bytes) {
  const std::string file = encoded(small_model());
  const FileHeader header = read_header(std::as_bytes(std::span(file)), true);

  EXPECT_EQ(header.bytes % 64, 0U);
  int tensors = 0;
  for (const TensorInfo& tensor : header.tensors) {
    if (!is_padding(tensor)) {
      ++tensors;
      EXPECT_EQ(tensor.begin % 64, 0U) << tensor.name;
    }
  }
  EXPECT_EQ(tensors, 18);  // 19 but low_values: low pairs have no values here.
}

TEST(ModelFile, IsMappedWithoutACopyWhereRowsNeedNoPadding) {
  const TemporaryFolder folder;
  const Model model = random_model({.users = 9, .items = 8, .factors = 32}, 3);
  save_model(model, folder / "model.alsace");

  Model loaded = load_model(folder / "model.alsace");
  const float* mapped = std::as_const(loaded).user_factors.data();
  std::filesystem::remove(folder / "model.alsace");
  const Model moved = std::move(loaded);

  EXPECT_EQ(moved.user_factors.data(), mapped);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mapped) % 64, 0U);
  expect_same(model, moved);
}

TEST(ModelFileDeathTest, MapsFactorsReadOnly) {
  const TemporaryFolder folder;
  save_model(random_model({.users = 9, .items = 8, .factors = 16}, 3), folder / "model.alsace");
  Model loaded = load_model(folder / "model.alsace");

  EXPECT_DEATH(loaded.user_factors.row(0)[0] = 1.0F, "");
  FactorTable copy = loaded.user_factors;
  copy.row(0)[0] = 1.0F;
  EXPECT_EQ(copy.row(0)[0], 1.0F);
}

TEST(ModelFile, SurvivesBeingReplacedWhileMapped) {
  const TemporaryFolder folder;
  const Model first = random_model({.users = 9, .items = 8, .factors = 16}, 1);
  const Model second = random_model({.users = 2, .items = 1, .factors = 16}, 2);
  save_model(first, folder / "model.alsace");

  const Model loaded = load_model(folder / "model.alsace");
  save_model(second, folder / "model.alsace");

  expect_same(first, loaded);
  expect_same(second, load_model(folder / "model.alsace"));
}

TEST(ModelHash, IsOfIdsAndTensorsOnly) {
  const std::string hash = model_hash(small_model());
  EXPECT_EQ(hash.size(), 16U);
  const std::vector<std::function<void(Model&)>> ignored = {
      [](Model& m) { m.summary.seconds[0] = 9; },
      [](Model& m) { m.summary.objective[0] = 9; },
      [](Model& m) { m.summary.threads = 9; },
      [](Model& m) { m.summary.peak_memory_bytes = 9; },
      [](Model& m) { m.options.threads = 9; },
  };
  const std::vector<std::function<void(Model&)>> counted = {
      [](Model& m) { m.user_factors.row(2)[1] = 9; },
      [](Model& m) { m.item_factors.row(0)[0] = 9; },
      [](Model& m) { m.user_biases[0] = 9; },
      [](Model& m) { m.item_biases[0] = 9; },
      [](Model& m) { m.user_counts[0] = 9; },
      [](Model& m) { m.item_counts[0] = 9; },
      [](Model& m) { m.spectrum[0] = 9; },
      [](Model& m) { m.user_ids.find_or_add("new"); },
      [](Model& m) { m.item_ids.find_or_add("new"); },
      [](Model& m) { m.interactions.values[0] = 9; },
      [](Model& m) { m.interactions.values.clear(); },
      [](Model& m) { m.interactions.indices[0] = 1; },
      [](Model& m) { m.interactions = {}; },
      [](Model& m) { m.low = {}; },
      [](Model& m) { std::swap(m.user_biases, m.item_biases); },
  };
  for (const auto& change : ignored) {
    Model model = small_model();
    change(model);
    EXPECT_EQ(model_hash(model), hash);
  }
  for (std::size_t i = 0; i < counted.size(); ++i) {
    Model model = small_model();
    counted[i](model);
    EXPECT_NE(model_hash(model), hash) << "change " << i;
  }
}

TEST(ModelHash, IsTheSameForAnEmptyModelOnEveryCall) {
  EXPECT_EQ(model_hash(Model{}), model_hash(Model{}));
}

}  // namespace
}  // namespace alsace::test
