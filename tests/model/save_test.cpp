#include "alsace/error.h"

#include "models.h"
#include "support/error_of.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alsace::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string save_message(const Model& model, const std::filesystem::path& path, ErrorCode code) {
  return error_of(code, [&] { save_model(model, path); });
}

/// No file may grow beyond `bytes`, for as long as this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const struct rlimit limit{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  struct rlimit old_{};
  void (*handler_)(int);
};

TEST(SaveModel, LeavesTheOldFileWhenTheNewOneDoesNotFit) {
  const TemporaryFolder folder;
  const auto path = folder / "model.alsace";
  save_model(small_model(), path);
  const Model large = random_model({.users = 2000, .items = 10, .factors = 15}, 1);

  for (const rlim_t limit : {0U, 1U, 100U, 4096U, 100000U}) {
    const FileSizeLimit full(limit);
    EXPECT_THAT(save_message(large, path, ErrorCode::io_error),
                AllOf(HasSubstr(path.string() + " cannot be written: File too large."),
                      HasSubstr("or save elsewhere")));
  }

  EXPECT_EQ(folder.files(), 1);
  expect_same(small_model(), load_model(path));
}

TEST(SaveModel, LeavesNothingButTheModel) {
  const TemporaryFolder folder;

  save_model(small_model(), folder / "model.alsace");
  save_model(small_model(), folder / "model.alsace");

  EXPECT_EQ(folder.files(), 1);
}

TEST(SaveModel, RefusesWhatIsNoPlaceForAFile) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "x");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);

  const auto message = [](const std::filesystem::path& path) {
    return save_message(small_model(), path, ErrorCode::io_error);
  };
  EXPECT_THAT(message("-"), HasSubstr("a model needs a file of its own"));
  EXPECT_THAT(message(""), HasSubstr("a model needs a file of its own"));
  EXPECT_THAT(message(folder.path()), HasSubstr("it is a folder"));
  EXPECT_THAT(message(folder.path().string() + "/new/"), HasSubstr("it is a folder"));
  EXPECT_THAT(message(folder / "pipe"), HasSubstr("it is a pipe or a device"));
  EXPECT_THAT(message("/dev/null"), HasSubstr("it is a pipe or a device"));
  EXPECT_THAT(message(folder / "missing/model.alsace"), HasSubstr("Make the folder first"));
  EXPECT_THAT(message(folder / "file/model.alsace"), HasSubstr("Make the folder first"));
  EXPECT_EQ(folder.files(), 2);
}

TEST(SaveModel, SaysSoWhereItMayNotWrite) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may write everywhere";
  }
  const TemporaryFolder folder;
  std::filesystem::permissions(
      folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_THAT(save_message(small_model(), folder / "model.alsace", ErrorCode::io_error),
              AllOf(HasSubstr("Permission denied"), HasSubstr("you may write to")));
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST(SaveModel, KeepsLinksAndRights) {
  const TemporaryFolder folder;
  save_model(random_model({}, 1), folder / "real.alsace");
  std::filesystem::permissions(
      folder / "real.alsace",
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::create_symlink("real.alsace", folder / "link.alsace");

  save_model(small_model(), folder / "link.alsace");

  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.alsace"));
  expect_same(small_model(), load_model(folder / "real.alsace"));
  EXPECT_EQ(std::filesystem::status(folder / "real.alsace").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(SaveModel, WritesBesideARelativePath) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());

  save_model(small_model(), "model.alsace");
  std::filesystem::current_path(before);

  expect_same(small_model(), load_model(folder / "model.alsace"));
}

TEST(SaveModel, RefusesModelsWhosePartsDoNotFit) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<std::string, std::function<void(Model&)>>> cases = {
      {"user_factors has shape [0, 0], it must be [3, 2]",
       [](Model& m) { m.user_factors = FactorTable(); }},
      {"item_factors has a value that is not finite",
       [](Model& m) { m.item_factors.row(1)[1] = static_cast<float>(nan); }},
      {"user_biases has 0 values, it must have 3", [](Model& m) { m.user_biases.clear(); }},
      {"item_counts has 1 values, it must have 2", [](Model& m) { m.item_counts.pop_back(); }},
      {"spectrum has 1 values, it must have 2", [](Model& m) { m.spectrum.pop_back(); }},
      {"its options are not resolved", [](Model& m) { m.options.regularization.reset(); }},
      {"options: alpha is", [](Model& m) { m.options.alpha = -1; }},
      {"interactions has shape [4, 2]", [](Model& m) { m.interactions.rows = 4; }},
      {"its values has 2 values, it must have 3",
       [](Model& m) { m.interactions.values.pop_back(); }},
      {"interactions has entries but no users", [](Model& m) { m.interactions.rows = 0; }},
      {"its values are not finite", [](Model& m) { m.value_mean = nan; }},
      {"seconds has 2 values, it must have 3", [](Model& m) { m.summary.seconds.pop_back(); }},
      {"a count of its summary is negative", [](Model& m) { m.summary.threads = -1; }},
      {"user id 3 is empty or not UTF-8",
       [](Model& m) {
         m.user_ids.find_or_add("caf\xe9");
         m.user_factors = FactorTable(4, 2);
         m.user_biases.resize(4);
       }},
      {"shorten the warnings",
       [](Model& m) { m.summary.warnings.emplace_back(std::size_t{2} << 20, 'x'); }},
  };
  const TemporaryFolder folder;
  for (const auto& [message, change] : cases) {
    Model model = small_model();
    change(model);
    EXPECT_THAT(save_message(model, folder / "model.alsace", ErrorCode::invalid_argument),
                HasSubstr(message));
  }
  EXPECT_EQ(folder.files(), 0);
}

TEST(SaveModel, ReplacesBytesThatAreNotUtf8InTheSummary) {
  Model model = small_model();
  model.summary.warnings = {"caf\xe9"};

  EXPECT_EQ(decoded(encoded(model)).summary.warnings[0], "caf\xef\xbf\xbd");
}

}  // namespace
}  // namespace alsace::test
