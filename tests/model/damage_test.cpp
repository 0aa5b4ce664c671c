#include "alsace/error.h"

#include "model/header.h"
#include "models.h"
#include "support/error_of.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(DamagedModel, IsRefusedWhenTruncatedAnywhere) {
  const std::string file = encoded(small_model());
  for (std::size_t length = 0; length < file.size(); ++length) {
    const std::string start = file.substr(0, length);
    EXPECT_THROW(decoded(start), FormatError) << length;
    EXPECT_THROW(decoded(start, Checksums::skip), FormatError) << length;
  }
  EXPECT_THROW(decoded(file + '\0'), FormatError);
}

TEST(DamagedModel, IsRefusedWhenAnyByteIsChanged) {
  std::string file = encoded(small_model());
  ASSERT_EQ(refusal(file), "accepted");
  for (std::size_t place = 0; place < file.size(); ++place) {
    for (const int flipped : {1 << (place % 8), 0xff}) {
      file[place] = static_cast<char>(file[place] ^ flipped);
      EXPECT_NE(refusal(file), "accepted") << "byte " << place;
      file[place] = static_cast<char>(file[place] ^ flipped);
    }
  }
}

TEST(DamagedModel, IsNeverACrashWhenChecksumsAreSkipped) {
  const std::string file = encoded(small_model());
  int accepted = 0;
  for (std::size_t place = 0; place < file.size(); ++place) {
    for (const char value : {'\xff', '"', '9'}) {
      std::string changed = file;
      changed[place] = value;
      try {
        const Model model = decoded(changed, Checksums::skip);
        EXPECT_EQ(model_hash(decoded(encoded(model))), model_hash(model));
        ++accepted;
      } catch (const FormatError&) {
      }
    }
  }
  EXPECT_GT(accepted, 0);
}

std::string load_message(const std::filesystem::path& path, ErrorCode code) {
  return error_of(code, [&] { load_model(path); });
}

TEST(LoadModel, SaysThatADamagedFileIsDamagedAndWhatToDo) {
  const TemporaryFolder folder;
  std::string file = encoded(small_model());
  file.back() = static_cast<char>(file.back() ^ 1);
  write_bytes(folder / "plays.alsace", file);

  EXPECT_EQ(load_message(folder / "plays.alsace", ErrorCode::incompatible_model),
            (folder / "plays.alsace").string() +
                " is damaged: tensor seconds does not match its checksum. Copy the file again, or "
                "train again.");
}

TEST(LoadModel, SaysThatAnotherFileIsNoModel) {
  const TemporaryFolder folder;
  write_bytes(folder / "plays.csv", "user,item,value\nann,10,3\n");
  write_bytes(folder / "empty", "");
  write_bytes(folder / "other.safetensors", std::string("\x02\0\0\0\0\0\0\0{}", 10));

  for (const char* name : {"plays.csv", "other.safetensors"}) {
    EXPECT_THAT(load_message(folder / name, ErrorCode::incompatible_model),
                AllOf(StartsWith((folder / name).string() + " is not a model file."),
                      HasSubstr("Name a file that alsace train has written.")));
  }
  EXPECT_THAT(load_message(folder / "empty", ErrorCode::incompatible_model),
              HasSubstr("is empty, not a model."));
}

TEST(LoadModel, NamesTheFileThatCannotBeRead) {
  const TemporaryFolder folder;

  EXPECT_THAT(load_message(folder / "missing.alsace", ErrorCode::io_error),
              AllOf(HasSubstr("missing.alsace cannot be read"), HasSubstr("No such file")));
  EXPECT_THAT(load_message(folder.path(), ErrorCode::io_error), HasSubstr("it is a folder"));
  EXPECT_THAT(load_message("/dev/null", ErrorCode::io_error), HasSubstr("a pipe or a device"));
}

}  // namespace
}  // namespace alsace::test
