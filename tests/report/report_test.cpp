#include "alsace/report.h"

#include "report/made_up.h"
#include "report/page.h"
#include "report/parts.h"
#include "support/error_of.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alsace::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Json document_of(const Model& model, const ItemTable& items, const ReportOptions& options = {}) {
  return Json::parse(report_json(Recommender(model), items, options));
}

/// What one text holds between two others.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before) + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

TEST(Report, PartsOfAScoreSumToIt) {
  std::vector<TrainOptions> all(4);
  all[1].unobserved_weight = 0.1;
  all[2] = {.feedback = Feedback::explicit_feedback, .biases = true};
  all[3] = {.feedback = Feedback::explicit_feedback, .nonnegative = true};
  for (const TrainOptions& options : all) {
    const Model model = made_up_model(options);
    const Json report = document_of(model, made_up_items(model), {.users = 40});
    ASSERT_EQ(report["users"].size(), 40U);
    int lists = 0;
    for (const Json& user : report["users"]) {
      double before = INFINITY;
      for (const Json& item : user["recommendations"]) {
        double sum = item["mean"].get<double>() + item["item_bias"].get<double>() +
                     item["user_bias"].get<double>() + item["rest"].get<double>();
        for (const Json& part : item["contributions"]) {
          sum += part[1].get<double>();
        }
        const double score = item["score"].get<double>();
        EXPECT_NEAR(sum, score, 1e-4 * (1 + std::abs(score)));
        EXPECT_LE(score, before);
        before = score;
        ++lists;
      }
    }
    EXPECT_GT(lists, 100);
  }
}

TEST(Report, UsersAreOfDifferentActivityBehindThoseNamed) {
  const Model model = made_up_model();
  const std::vector<Index> users = chosen_users(model, {.users = 10, .named_users = {7, 3, 7}});
  EXPECT_EQ(users[0], 7);
  EXPECT_EQ(users[1], 3);
  EXPECT_GE(users.size(), 10U);
  EXPECT_EQ(std::set<Index>(users.begin(), users.end()).size(), users.size());
  std::vector<std::int64_t> counts;
  for (const Index user : chosen_users(model, {.users = 10})) {
    counts.push_back(model.user_counts[static_cast<std::size_t>(user)]);
  }
  EXPECT_TRUE(std::ranges::is_sorted(counts));
  EXPECT_EQ(chosen_users(model, {.users = 1000}).size(), 120U);
}

TEST(Report, HistoriesHoldWhatContributesFirst) {
  const Model model = made_up_model();
  const ItemTable items = made_up_items(model);
  const ReportItems places = report_items(model, items);
  const Json report = document_of(model, items, {.users = 5});
  for (const Json& user : report["users"]) {
    std::set<int> named;
    for (const Json& item : user["recommendations"]) {
      for (const Json& part : item["contributions"]) {
        named.insert(part[0].get<int>());
      }
    }
    const Json& history = user["history"];
    EXPECT_EQ(history.size(), user["count"].get<std::size_t>());
    for (std::size_t i = 0; i < history.size(); ++i) {
      EXPECT_EQ(named.contains(history[i][0].get<int>()), i < named.size());
    }
  }
}

TEST(Report, ItemsAreTheTrainedOnesWithTheirColumns) {
  const Model model = made_up_model();
  const Json report = document_of(model, made_up_items(model));
  const Json& items = report["items"];
  const auto count = static_cast<std::size_t>(model.item_ids.size());
  EXPECT_EQ(items["ids"].size(), count);
  EXPECT_EQ(items["titles"][0], "Title 0");
  EXPECT_EQ(items["titles"][count - 1], "");
  EXPECT_EQ(items["columns"][0]["kind"], "number");
  EXPECT_TRUE(items["columns"][0]["values"][0].is_null());
  EXPECT_EQ(items["columns"][1]["values"][3], Json::array({3, 8}));
  EXPECT_EQ(items["columns"][1]["values"][count - 1], Json::array());
  EXPECT_EQ(items["factors"]["half"].get<std::string>().size(), (count * 8 * 2 + 2) / 3 * 4);
  EXPECT_EQ(items["components"]["count"], 8);
  EXPECT_EQ(report["component_facts"].size(), 8U);
  EXPECT_TRUE(document_of(model, {})["items"]["titles"].is_null());
}

TEST(Report, FactsByHand) {
  Model model = made_up_model();
  model.user_counts = {1, 2, 3, 4, 0, 10};
  model.item_counts = {20};
  const Json facts = facts_json(model);
  EXPECT_EQ(facts["user_counts"], Json::array({1.0, 2.0, 3.0, 4.0, 10.0}));
  EXPECT_EQ(facts["item_counts"], Json::array({20.0, 20.0, 20.0, 20.0, 20.0}));
  EXPECT_EQ(facts["trained_users"], 5);
  EXPECT_EQ(facts["interactions"], 20);
  EXPECT_EQ(facts["density"], 4.0);
}

TEST(Report, TheTrainingCommandNamesWhatIsNotTheDefault) {
  EXPECT_EQ(train_command(resolve({})), "alsace train FILE... --model MODEL");
  EXPECT_EQ(train_command(resolve({.factors = 8, .confidence = Confidence::log, .alpha = 2.5})),
            "alsace train FILE... --model MODEL --factors 8 --confidence log --alpha 2.5");
  EXPECT_EQ(train_command(resolve({.feedback = Feedback::explicit_feedback, .biases = true})),
            "alsace train FILE... --model MODEL --explicit --biases");
}

TEST(Report, DoesNotDependOnThreads) {
  const Model model = made_up_model();
  const ItemTable items = made_up_items(model);
  const auto text = [&](int threads) {
    return html_report(Recommender(model), items, {.users = 50, .threads = threads});
  };
  EXPECT_EQ(text(1), text(4));
}

TEST(Report, TheHistogramIsOfPairsOfLists) {
  const Model model = made_up_model();
  const Json shares = personalization_json(Recommender(model), {.top_k = 5});
  const std::vector<double> histogram = shares["histogram"];
  ASSERT_EQ(histogram.size(), 6U);
  EXPECT_NEAR(std::accumulate(histogram.begin(), histogram.end(), 0.0), 1, 1e-12);
  // The same by plain sets over all pairs.
  const Recommender recommender(model);
  std::vector<std::set<Index>> lists;
  for (Index user = 0; user < model.user_ids.size(); ++user) {
    auto& list = lists.emplace_back();
    for (const Scored& scored : recommender.recommend(user, {.top_k = 5})) {
      list.insert(scored.row);
    }
  }
  std::vector<double> expected(6, 0.0);
  for (std::size_t a = 0; a < lists.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      expected[static_cast<std::size_t>(std::ranges::count_if(
          lists[a], [&](Index item) { return lists[b].contains(item); }))] += 1;
    }
  }
  const double pairs = 120.0 * 119 / 2;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(histogram[i], expected[i] / pairs, 1e-12);
  }
}

TEST(Report, WithoutInteractionsThereAreNoUsers) {
  Model model = made_up_model();
  model.interactions = {};
  const Json report = document_of(model, {});
  EXPECT_TRUE(report["users"].empty());
  EXPECT_EQ(report["facts"]["stores_interactions"], false);
  EXPECT_TRUE(report["personalization"]["mean"].is_null());
}

TEST(Report, TinyFactorsKeepTheirDigits) {
  Model model = made_up_model();
  const Json usual = document_of(model, {}, {.users = 0});
  for (Index row = 0; row < model.item_factors.rows(); ++row) {
    for (float& value : model.item_factors.row(row)) {
      value = std::ldexp(value, -30);
    }
  }
  const Json tiny = document_of(model, {}, {.users = 0});
  EXPECT_EQ(tiny["items"]["components"]["explained"], usual["items"]["components"]["explained"]);
  // Halves that were all 0 (or -0) would be mostly the letter of six zero bits.
  const std::string half = tiny["items"]["factors"]["half"];
  EXPECT_LT(5 * std::ranges::count(half, 'A'), std::ssize(half));
}

TEST(Report, NoTextCanEndTheScript) {
  Model model = made_up_model();
  ItemTable items = made_up_items(model);
  const std::string hostile =
      "</script><!--<script>\"\\ \xE2\x80\xA8\xE2\x80\xA9 \xF0\x9F\x98\x80 \xFF";
  items.titles[0] = hostile;
  const std::string html = html_report(Recommender(model), items, {.title = hostile});
  const std::string begin = "<script id=\"alsace-data\" type=\"application/json\">";
  const std::string data = between(html, begin, "</script>");
  EXPECT_EQ(data.find('<'), std::string::npos);
  EXPECT_EQ(data.find("\xE2\x80\xA8"), std::string::npos);
  const Json report = Json::parse(data);
  const std::string expected =
      "</script><!--<script>\"\\ \xE2\x80\xA8\xE2\x80\xA9 \xF0\x9F\x98\x80 \xEF\xBF\xBD";
  EXPECT_EQ(report["title"], expected);
  EXPECT_EQ(report["items"]["titles"][0], expected);
  EXPECT_EQ(html.find("ALSACE_DATA"), std::string::npos);
}

TEST(Report, RefusesWhatItCannotShow) {
  Model model = made_up_model();
  const auto message = [&](const ReportOptions& options) {
    return error_of(ErrorCode::invalid_argument, [&] { document_of(model, {}, options); });
  };
  EXPECT_EQ(message({.top_k = 0}), "report: top_k is 0, it must be 1 to 100.");
  EXPECT_EQ(message({.users = -1}), "report: users is -1, it must be 0 to 100,000.");
  EXPECT_EQ(message({.named_users = {120}}),
            "report: user row 120 is out of range, the model has 120. Rows count from 0.");
  EXPECT_EQ(
      message({.evaluation = "[1"}),
      "report: the evaluation is not what 'alsace evaluate --json' prints. Give that document.");
  model.complete = false;
  EXPECT_THAT(message({}), HasSubstr("the model is a checkpoint"));
  model.complete = true;
  model.item_counts.assign(model.item_counts.size(), 0);
  EXPECT_THAT(message({}), HasSubstr("no item with a training interaction"));
}

}  // namespace
}  // namespace alsace::test
