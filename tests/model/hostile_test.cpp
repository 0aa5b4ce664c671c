#include "base/hash.h"
#include "models.h"
#include "support/error_of.h"

#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace alsace::test {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

/// A model file taken apart, to be put together again wrongly but with right checksums. It shares
/// no code with the writer but the hash.
struct Parts {
  Json header = {};
  std::string data = {};

  static Parts of(const Model& model) {
    const std::string file = encoded(model);
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), 8);
    return {.header = Json::parse(file.substr(8, length)), .data = file.substr(8 + length)};
  }

  [[nodiscard]] std::string file() const { return with_header(header.dump()); }

  [[nodiscard]] std::string with_header(std::string text) const {
    text.append((64 - (8 + text.size()) % 64) % 64, ' ');
    return with_length(text, text.size());
  }

  [[nodiscard]] std::string with_length(std::string text, std::uint64_t length) const {
    text.insert(0, 8, '\0');
    std::memcpy(text.data(), &length, 8);
    const std::size_t place = text.find(R"("checksum":")");
    if (place != std::string::npos) {
      text.replace(place + 12, 16, "0000000000000000");
      text.replace(place + 12, 16, hex(hash_bytes(text.data(), text.size())));
    }
    return text + data;
  }

  Json& tensor(const std::string& name) { return header.at(name); }
  std::string& metadata(const std::string& key) {
    return header["__metadata__"].at(key).get_ref<std::string&>();
  }
  [[nodiscard]] std::size_t begin(const std::string& name) const {
    return header.at(name).at("data_offsets").at(0).get<std::size_t>();
  }

  /// Writes a value into a tensor and its checksum into the metadata.
  template <class T>
  void set(const std::string& name, std::size_t index, T value) {
    std::memcpy(&data[begin(name) + index * sizeof(T)], &value, sizeof(T));
    rehash(name);
  }
  void rehash(const std::string& name) {
    const auto end = header.at(name).at("data_offsets").at(1).get<std::size_t>();
    Json checksums = Json::parse(metadata("checksums"));
    checksums[name] = hex(hash_bytes(&data[begin(name)], end - begin(name)));
    metadata("checksums") = checksums.dump();
  }
  /// Changes one JSON text of the metadata.
  void edit(const std::string& key, const std::function<void(Json&)>& change) {
    Json json = Json::parse(metadata(key));
    change(json);
    metadata(key) = json.dump();
  }
};

TEST(HostileModel, PartsPutTogetherAgainAreAccepted) {
  EXPECT_EQ(refusal(Parts::of(small_model()).file()), "accepted");
}

TEST(HostileModel, HeaderLengthsAreBounded) {
  const Parts parts = Parts::of(small_model());
  const std::string text = parts.header.dump();
  for (const std::uint64_t length : {std::uint64_t{0},
                                     std::uint64_t{8},
                                     std::uint64_t{56},
                                     std::uint64_t{1} << 20,
                                     std::uint64_t{1} << 32,
                                     std::uint64_t{1} << 63,
                                     std::numeric_limits<std::uint64_t>::max(),
                                     std::numeric_limits<std::uint64_t>::max() - 7}) {
    EXPECT_THAT(refusal(parts.with_length(text, length)), HasSubstr("its header")) << length;
  }
  EXPECT_THAT(refusal(parts.with_header(text + std::string(2 << 20, ' '))),
              HasSubstr("at most 1048576 are allowed"));
}

TEST(HostileModel, HeadersThatAreNoProperJsonAreRefused) {
  const Parts parts = Parts::of(small_model());
  const std::string text = parts.header.dump();
  const std::string open = text.substr(0, text.size() - 1);
  const auto refused = [&](const std::string& header) {
    return refusal(parts.with_header(header));
  };
  EXPECT_EQ(refused(open), "its header is not a JSON object");
  EXPECT_EQ(refused(text + "x"), "its header is not a JSON object");
  EXPECT_EQ(refused(text + std::string(1, '\0')), "its header is not a JSON object");
  EXPECT_EQ(refused(open + R"(,"x":1e999})"), "its header is not a JSON object");
  EXPECT_EQ(refused(open + ",\"\xff\":1}"), "its header is not a JSON object");
  EXPECT_THAT(refused(open + R"(,"x":1})"), HasSubstr("tensor x must have dtype"));
  EXPECT_THAT(refused(open + R"(,"spectrum":)" + parts.header["spectrum"].dump() + "}"),
              HasSubstr("its header has 'spectrum' twice"));
  EXPECT_THAT(
      refused(open + R"(,"x":)" + std::string(100000, '[') + std::string(100000, ']') + "}"),
      HasSubstr("nested too deeply"));
  std::string twice = text;
  twice.insert(twice.find(R"("alsace":)"), R"("complete":"false",)");
  EXPECT_THAT(refused(twice), HasSubstr("its header has 'complete' twice"));
}

/// One wrong change, and what the message must say.
struct Wrong {
  std::string message;
  std::function<void(Parts&)> change;
};

void expect_refused(const std::vector<Wrong>& cases) {
  for (const auto& [message, change] : cases) {
    Parts parts = Parts::of(small_model());
    change(parts);
    EXPECT_THAT(refusal(parts.file()), HasSubstr(message));
  }
}

TEST(HostileModel, TensorPlacesAreChecked) {
  expect_refused({
      {"needs one or two whole numbers as its data_offsets",
       [](Parts& p) { p.tensor("spectrum")["data_offsets"] = {-64, -48}; }},
      {"needs one or two whole numbers as its data_offsets",
       [](Parts& p) { p.tensor("spectrum")["data_offsets"] = {0.0, 16.0}; }},
      {"not two data_offsets", [](Parts& p) { p.tensor("spectrum")["data_offsets"] = {0}; }},
      {"needs one or two whole numbers as its data_offsets",
       [](Parts& p) { p.tensor("spectrum")["data_offsets"] = "0"; }},
      {"which is not what [2] values of F64 need",
       [](Parts& p) { p.tensor("spectrum")["data_offsets"] = {huge - 7, 8}; }},
      {"which is not what [2] values of F64 need",
       [](Parts& p) { p.tensor("spectrum")["data_offsets"] = {64, 48}; }},
      {"begins at byte",  // Behind the end of the file.
       [](Parts& p) { p.tensor("spectrum")["data_offsets"] = {huge - 16, huge}; }},
      {"begins at byte 0 of the data, it must be",  // On top of another tensor.
       [](Parts& p) { p.tensor("item_counts")["data_offsets"] = {0, 16}; }},
      {"it must be", [](Parts& p) { p.header.erase("item_counts"); }},
      {"its tensors need", [](Parts& p) { p.header.erase("seconds"); }},
      {"its tensors need", [](Parts& p) { p.data += std::string(64, '\0'); }},
      {"its tensors need", [](Parts& p) { p.data.resize(p.data.size() - 8); }},
  });
}

TEST(HostileModel, TensorShapesAreChecked) {
  expect_refused({
      {"which is not what", [](Parts& p) { p.tensor("spectrum")["shape"] = {huge}; }},
      {"which is not what", [](Parts& p) { p.tensor("spectrum")["shape"] = {huge / 8 + 3}; }},
      {"which is not what",  // 2^62 x 4 x 4 bytes wraps to 0; shape and place agree modulo 2^64.
       [](Parts& p) { p.tensor("user_factors")["shape"] = {std::uint64_t{1} << 62, 4}; }},
      {"which is not what", [](Parts& p) { p.tensor("spectrum")["shape"] = {3}; }},
      {"needs one or two whole numbers as its shape",
       [](Parts& p) { p.tensor("spectrum")["shape"] = {1, 1, 2}; }},
      {"needs one or two whole numbers as its shape",
       [](Parts& p) { p.tensor("spectrum")["shape"] = {-2}; }},
      {"no shape", [](Parts& p) { p.tensor("spectrum")["shape"] = Json::array(); }},
      {"1 dimensions", [](Parts& p) { p.tensor("spectrum")["shape"] = {1, 2}; }},
      {"2 dimensions", [](Parts& p) { p.tensor("user_factors")["shape"] = {6}; }},
      {"has shape [2, 3], it must be [3, 2]",
       [](Parts& p) { p.tensor("user_factors")["shape"] = {2, 3}; }},
      {"must be F64", [](Parts& p) { p.tensor("spectrum")["dtype"] = "I64"; }},
      {"has a dtype other than", [](Parts& p) { p.tensor("spectrum")["dtype"] = "BF16"; }},
      {"has a dtype other than", [](Parts& p) { p.tensor("spectrum")["dtype"] = 7; }},
      {"nothing else", [](Parts& p) { p.tensor("spectrum")["extra"] = 7; }},
      {"nothing else", [](Parts& p) { p.tensor("spectrum").erase("dtype"); }},
  });
}

TEST(HostileModel, EmptyShapesThatClaimManyRowsAreRefused) {
  Model model = random_model({.users = 0, .items = 0, .factors = 1}, 1);
  Parts parts = Parts::of(model);
  parts.tensor("user_factors")["shape"] = {std::uint64_t{1} << 40, 0};
  EXPECT_THAT(refusal(parts.file()), HasSubstr("at most [2147483647, 65536] is allowed"));
  parts.tensor("user_factors")["shape"] = {0, std::uint64_t{1} << 40};
  EXPECT_THAT(refusal(parts.file()), HasSubstr("at most [2147483647, 65536] is allowed"));
}

TEST(HostileModel, ValuesAreChecked) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  expect_refused({
      {"user_factors has a value that is not finite",
       [](Parts& p) { p.set<float>("user_factors", 5, nan); }},
      {"item_biases has a value that is not finite",
       [](Parts& p) { p.set<float>("item_biases", 1, nan); }},
      {"spectrum has a value that is not finite",
       [](Parts& p) { p.set<double>("spectrum", 1, infinity); }},
      {"objective has a value that is not finite",
       [](Parts& p) { p.set<double>("objective", 0, -infinity); }},
      {"interactions has a value that is not finite",
       [](Parts& p) { p.set<float>("interaction_values", 2, nan); }},
      {"user_counts says 7 for user row 1",
       [](Parts& p) { p.set<std::int64_t>("user_counts", 1, 7); }},
      {"user_counts has a negative count",
       [](Parts& p) { p.set<std::int64_t>("user_counts", 1, -1); }},
      {"item_counts does not count the interactions",
       [](Parts& p) { p.set<std::int64_t>("item_counts", 1, 7); }},
      {"interactions has an item row out of range",
       [](Parts& p) { p.set<Index>("interaction_items", 1, 2); }},
      {"interactions has an item row out of range",
       [](Parts& p) { p.set<Index>("interaction_items", 0, -1); }},
      {"interactions has a user whose items do not rise",
       [](Parts& p) { p.set<Index>("interaction_items", 0, 1); }},
      {"low has an item row out of range", [](Parts& p) { p.set<Index>("low_items", 0, 2); }},
      {"interactions has offsets that do not rise",
       [](Parts& p) { p.set<std::int64_t>("interaction_offsets", 1, 4); }},
      {"interactions has offsets that do not rise",
       [](Parts& p) { p.set<std::int64_t>("interaction_offsets", 0, -1); }},
      {"interactions has offsets that do not rise",
       [](Parts& p) { p.set<std::int64_t>("interaction_offsets", 3, 1LL << 62); }},
      {"tensor user_ids holds no ids (ids: 4 offsets do not rise",
       [](Parts& p) { p.set<std::int64_t>("user_id_offsets", 1, 1LL << 62); }},
      {"user id 0 is empty", [](Parts& p) { p.set<std::int64_t>("user_id_offsets", 1, 0); }},
      {"user id 2 is empty or not UTF-8", [](Parts& p) { p.set<char>("user_ids", 7, 'x'); }},
      {"both named 'ann'",
       [](Parts& p) {
         p.set<char>("user_ids", 3, 'a');
         p.set<char>("user_ids", 4, 'n');
         p.set<char>("user_ids", 5, 'n');
       }},
      {"tensor padding_0 must be zeros", [](Parts& p) { p.data[p.begin("padding_0")] = 'x'; }},
  });
}

TEST(HostileModel, MetadataIsChecked) {
  const auto option = [](const char* name, const Json& value) {
    return [=](Parts& p) { p.edit("options", [&](Json& json) { json[name] = value; }); };
  };
  expect_refused({
      {"options: alpha is -1", option("alpha", -1)},
      {"options must have a number called alpha", option("alpha", "10")},
      {"options must have a number called alpha", option("alpha", nullptr)},
      {"options has 'new', which format 1 does not know", option("new", 1)},
      {"options: iterations is 18446744073709551615, which is too large",
       option("iterations", std::numeric_limits<std::uint64_t>::max())},
      {"options must have a whole number of 0 or more called iterations", option("iterations", -1)},
      {"options must have a whole number of 0 or more called factors", option("factors", 2.0)},
      {"it must be [3, 3]", option("factors", 3)},
      {"factors is 0", option("factors", 0)},
      {"options has no such feedback (options: feedback 'x' is not known", option("feedback", "x")},
      {"confidence is for implicit feedback", option("confidence", "log")},
      {"it has a tensor item_biases, which format 1 does not know", option("biases", false)},
      {"options is not a JSON object", [](Parts& p) { p.metadata("options") = "[]"; }},
      {"options is not a JSON object", [](Parts& p) { p.metadata("options") = ""; }},
      {"options is nested too deeply",
       [](Parts& p) {
         p.metadata("options") = R"({"a":)" + std::string(9, '[') + std::string(9, ']') + "}";
       }},
      {"options is not a JSON object",
       [](Parts& p) { p.metadata("options").insert(1, R"("alpha":1e999,)"); }},
      {"its metadata has no 'options'",
       [](Parts& p) { p.header["__metadata__"].erase("options"); }},
      {"its metadata has keys that format 1 does not know",
       [](Parts& p) { p.header["__metadata__"]["new"] = "x"; }},
      {"its metadata 'options' is no text",
       [](Parts& p) { p.header["__metadata__"]["options"] = 7; }},
      {"complete is 'maybe'", [](Parts& p) { p.metadata("complete") = "maybe"; }},
      {"data_hash is '0x1'", [](Parts& p) { p.metadata("data_hash") = "0x1"; }},
      {"tensor spectrum does not match its checksum",
       [](Parts& p) { p.edit("checksums", [](Json& json) { json.erase("spectrum"); }); }},
      {"checksums of tensors that are not there",
       [](Parts& p) { p.edit("checksums", [](Json& json) { json["new"] = "x"; }); }},
      {"the checksum of tensor spectrum is no text",
       [](Parts& p) { p.edit("checksums", [](Json& json) { json["spectrum"] = 7; }); }},
      {"its values range from 6 to 5",
       [](Parts& p) { p.edit("values", [](Json& json) { json["min"] = 6; }); }},
      {"must be a list of texts",
       [](Parts& p) { p.edit("summary", [](Json& json) { json["warnings"] = {1}; }); }},
      {"its header has no checksum", [](Parts& p) { p.header["__metadata__"].erase("checksum"); }},
  });
}

TEST(LoadModel, NamesBothVersionsOfALaterFormat) {
  const TemporaryFolder folder;
  Parts parts = Parts::of(small_model());
  parts.metadata("version") = "3";
  write_bytes(folder / "plays.alsace", parts.file());

  EXPECT_EQ(error_of(ErrorCode::incompatible_model, [&] { load_model(folder / "plays.alsace"); }),
            (folder / "plays.alsace").string() +
                " has format 3, this program reads 1 to 2. Update alsace, or save the model again "
                "with it.");
}

TEST(HostileModel, KindsOfIdsAreChecked) {
  Model model = small_model();
  model.user_ids.set_kind(IdKind::text);
  const Parts whole = Parts::of(model);
  const auto refused = [&](const std::function<void(Parts&)>& damage) {
    Parts parts = whole;
    damage(parts);
    return refusal(parts.file());
  };
  EXPECT_EQ(refused([](Parts&) {}), "accepted");
  EXPECT_THAT(
      refused([](Parts& p) { p.edit("id_kinds", [](Json& json) { json["users"] = "?"; }); }),
      HasSubstr("no such kind as '?'"));
  EXPECT_THAT(
      refused([](Parts& p) { p.edit("id_kinds", [](Json& json) { json.erase("items"); }); }),
      HasSubstr("must have a text called items"));
  EXPECT_THAT(refused([](Parts& p) { p.header["__metadata__"].erase("id_kinds"); }),
              HasSubstr("has no 'id_kinds'"));
  EXPECT_THAT(
      refused([](Parts& p) { p.edit("options", [](Json& json) { json.erase("dislikes"); }); }),
      HasSubstr("called dislikes"));
  EXPECT_THAT(
      refused([](Parts& p) { p.edit("id_kinds", [](Json& json) { json["users"] = "integer"; }); }),
      HasSubstr("user id 0 is no whole number"));
  EXPECT_THAT(refused([](Parts& p) { p.metadata("version") = "1"; }),
              HasSubstr("keys that format 1 does not know"));
}

}  // namespace
}  // namespace alsace::test
