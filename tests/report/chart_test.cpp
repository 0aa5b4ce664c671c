#include "alsace/chart.h"

#include "report/axis.h"
#include "support/error_of.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace alsace {
using test::error_of;

namespace {

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> out;
  for (const Tick& tick : axis.ticks) {
    out.push_back(tick.label);
  }
  return out;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

using Labels = std::vector<std::string>;

TEST(Axis, TicksAreOneTwoFiveTimesAPowerOfTen) {
  EXPECT_EQ(labels(axis_of(std::vector{0.0, 1.0}, false)),
            (Labels{"0", "0.2", "0.4", "0.6", "0.8", "1"}));
  EXPECT_EQ(labels(axis_of(std::vector{0.131, 0.148}, false)),
            (Labels{"0.13", "0.135", "0.14", "0.145", "0.15"}));
  EXPECT_EQ(labels(axis_of(std::vector{-3.0, 17.0}, false)),
            (Labels{"-5", "0", "5", "10", "15", "20"}));
  EXPECT_EQ(labels(axis_of(std::vector{1e6, 5e6}, false)),
            (Labels{"1e6", "2e6", "3e6", "4e6", "5e6"}));
}

TEST(Axis, LogTicksArePowersOfTenOrBetweenThem) {
  EXPECT_EQ(labels(axis_of(std::vector{1.0, 1e4}, true)),
            (Labels{"1", "10", "100", "1000", "10000"}));
  EXPECT_EQ(labels(axis_of(std::vector{32.0, 512.0}, true)),
            (Labels{"20", "50", "100", "200", "500", "1000"}));
  EXPECT_EQ(labels(axis_of(std::vector{3e-9, 1e3}, true)).size(), 8U);
  EXPECT_EQ(labels(axis_of(std::vector{30.0, 40.0}, true)),
            (Labels{"30", "32", "34", "36", "38", "40"}));
}

TEST(Axis, HoldsEveryValue) {
  for (const bool log : {false, true}) {
    for (const double scale : {1e-200, 1e-9, 1.0, 7.3e12, 1e200}) {
      for (const double ratio : {1.0, 1.0001, 1.7, 99.0, 1e11}) {
        const Axis axis = axis_of(std::vector{scale, scale * ratio}, log);
        EXPECT_GE(axis.place(scale), -1e-9);
        EXPECT_LE(axis.place(scale * ratio), 1 + 1e-9);
        EXPECT_GE(axis.ticks.size(), 2U) << scale << " " << ratio << " " << log;
        EXPECT_LE(axis.ticks.size(), 13U) << scale << " " << ratio << " " << log;
      }
    }
  }
  EXPECT_DOUBLE_EQ(axis_of(std::vector{1.0, 100.0}, true).place(10), 0.5);
}

TEST(Chart, LeavesOutWhatCannotBeDrawn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const Chart chart = {.log_y = true,
                       .series = {{.name = "a",
                                   .y = {1, nan, inf, -inf, 0, -2, 1e300, 10},
                                   .low = {0.5, nan, 1, 1, 1, 1, 1, nan},
                                   .high = {2, nan, 1, 1, 1, 1, 1, inf},
                                   .mark = Mark::points}}};
  const std::string text = svg(chart);
  EXPECT_EQ(count_of(text, "<circle"), 2U);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("inf"), std::string::npos);
}

TEST(Chart, ALineBreaksWhereAPointIsMissing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Chart whole = {.series = {{.y = {1, 2, 3, 4, 5}}}};
  const Chart broken = {.series = {{.y = {1, 2, nan, 4, 5}}}};
  EXPECT_EQ(count_of(svg(whole), "class=\"k-s0\""), 1U);
  EXPECT_EQ(count_of(svg(broken), "class=\"k-s0\""), 2U);
}

TEST(Chart, BarsStandOnZeroSideBySide) {
  const Chart chart = {.categories = {"x", "y"},
                       .series = {{.name = "a", .y = {1, 2}, .mark = Mark::bars},
                                  {.name = "b", .y = {3, 4}, .mark = Mark::bars}}};
  const std::string text = svg(chart);
  EXPECT_EQ(count_of(text, "class=\"f-s0\""), 3U);  // Two bars, one square of the legend.
  EXPECT_EQ(count_of(text, "class=\"f-s1\""), 3U);
  EXPECT_NE(text.find(">0</text>"), std::string::npos);
}

TEST(Chart, NamesAreEscaped) {
  const Chart chart = {.title = "</svg><script>\x01\xFF & \"q\"", .series = {{.y = {1}}}};
  const std::string text = svg(chart);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(count_of(text, "</svg>"), 1U);
  EXPECT_NE(text.find("&lt;/svg&gt;&lt;script&gt;\xEF\xBF\xBD\xEF\xBF\xBD &amp; &quot;q&quot;"),
            std::string::npos);
}

TEST(Chart, SmallMultiplesStandInAGrid) {
  const std::vector<Chart> charts(5, Chart{.series = {{.y = {1, 2}}}, .width = 200, .height = 160});
  EXPECT_NE(svg(charts, 2).find("viewBox=\"0 0 400 480\""), std::string::npos);
  EXPECT_NE(svg(charts, 9).find("viewBox=\"0 0 1000 160\""), std::string::npos);
}

TEST(Chart, WithoutPointsIsAFrame) {
  EXPECT_NE(svg(Chart{}).find("</svg>"), std::string::npos);
  EXPECT_NE(svg(Chart{.log_x = true, .log_y = true, .series = {{}}}).find("</svg>"),
            std::string::npos);
}

TEST(Chart, RefusesWhatDoesNotFit) {
  const auto message = [](const Chart& chart) {
    return error_of(ErrorCode::invalid_argument, [&] { svg(chart); });
  };
  EXPECT_EQ(message({.series = {{.name = "a", .x = {1}, .y = {1, 2}}}}),
            "chart: series 'a' has 2 values and 1 places or ends of error bars. Give as many.");
  EXPECT_EQ(message({.series = {{.name = "a", .y = {1}, .highlighted = {1}}}}),
            "chart: series 'a' has 1 points, number 1 cannot be highlighted. They count from 0.");
  EXPECT_EQ(message({.width = 10}), "chart: the size is 10 x 400, both must be 160 to 10,000.");
  EXPECT_EQ(error_of(ErrorCode::invalid_argument, [] { svg(std::vector<Chart>{}, 2); }),
            "chart: there are no charts. Give one at least.");
}

}  // namespace
}  // namespace alsace
