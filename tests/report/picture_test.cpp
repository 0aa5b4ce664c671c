#include "alsace/report.h"

#include "report/item_colors.h"
#include "report/made_up.h"
#include "report/png.h"
#include "report/raster_canvas.h"
#include "report/stroke_font.h"
#include "support/error_of.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace alsace::test {
namespace {

/// A PNG read back: points [height x width x 3].
struct Decoded {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> points;

  [[nodiscard]] Color at(std::size_t x, std::size_t y) const {
    const std::uint8_t* point = points.data() + (y * width + x) * 3;
    return {point[0], point[1], point[2]};
  }
};

std::size_t number_at(std::string_view bytes, std::size_t place) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = (number << 8U) | static_cast<unsigned char>(bytes[place + i]);
  }
  return number;
}

/// Walks the chunks, checks each checksum and unpacks the points.
Decoded decoded(const std::string& file) {
  Decoded out;
  EXPECT_EQ(file.substr(0, 8), "\x89PNG\r\n\x1A\n");
  std::vector<std::string> names;
  std::string packed;
  for (std::size_t place = 8; place < file.size();) {
    const std::size_t length = number_at(file, place);
    const std::string body = file.substr(place + 4, length + 4);
    names.push_back(body.substr(0, 4));
    EXPECT_EQ(
        number_at(file, place + 8 + length),
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    if (names.back() == "IHDR") {
      out.width = number_at(body, 4);
      out.height = number_at(body, 8);
      EXPECT_EQ(body.substr(12), std::string("\x08\x02\0\0\0", 5));
    } else if (names.back() == "IDAT") {
      packed = body.substr(4);
    }
    place += 12 + length;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"IHDR", "IDAT", "IEND"}));
  std::vector<std::uint8_t> rows(out.height * (1 + out.width * 3));
  uLongf size = rows.size();
  EXPECT_EQ(
      uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size()),
      Z_OK);
  EXPECT_EQ(size, rows.size());
  for (std::size_t y = 0; y < out.height; ++y) {
    const auto row = rows.begin() + static_cast<std::ptrdiff_t>(y * (1 + out.width * 3));
    EXPECT_EQ(*row, 0);
    out.points.insert(
        out.points.end(), row + 1, row + 1 + static_cast<std::ptrdiff_t>(out.width * 3));
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

TEST(Png, HoldsThePointsGiven) {
  const std::vector<std::uint8_t> points = {
      1, 2, 3, 4, 5, 6, 250, 251, 252, 0, 0, 0, 9, 8, 7, 6, 5, 4};
  const Decoded image = decoded(png(points, 3, 2));
  EXPECT_EQ(image.width, 3U);
  EXPECT_EQ(image.height, 2U);
  EXPECT_EQ(image.points, points);
}

TEST(RasterCanvas, PaintsWithSoftEdges) {
  RasterCanvas canvas(20, 20);
  const Color red = {255, 0, 0};
  canvas.rectangle({2, 2}, 4, 4, fixed_paint(red));
  canvas.disc({14, 6}, 3, fixed_paint(red), 1, "");
  canvas.disc({6, 14}, 3, fixed_paint({0, 0, 0}), 0.5, "");
  const Spot line[] = {{10, 16}, {18, 16}};
  canvas.path(line, {.paint = fixed_paint(red), .width = 2});
  const Decoded image = decoded(canvas.finish());  // Two points to the pixel.

  EXPECT_EQ(image.width, 40U);
  EXPECT_EQ(image.at(3, 3), (Color{255, 255, 255}));
  EXPECT_EQ(image.at(4, 4), red);
  EXPECT_EQ(image.at(11, 11), red);
  EXPECT_EQ(image.at(12, 12), (Color{255, 255, 255}));
  EXPECT_EQ(image.at(28, 12), red);
  EXPECT_EQ(image.at(12, 28), (Color{128, 128, 128}));  // Half black.
  EXPECT_EQ(image.at(30, 32), red);
  EXPECT_EQ(image.at(30, 36), (Color{255, 255, 255}));
  // The disc's area is pi 36 points, counted by how red they are.
  double area = 0;
  for (std::size_t y = 0; y < 24; ++y) {
    for (std::size_t x = 20; x < 40; ++x) {
      area += (255 - image.at(x, y).green) / 255.0;
    }
  }
  EXPECT_NEAR(area, 36 * 3.14159, 2);
}

TEST(RasterCanvas, WhatIsOutsideIsCutOff) {
  RasterCanvas canvas(16, 16);
  canvas.disc({-100, 5}, 3, ink_paint, 1, "");
  canvas.disc({0, 0}, 4, ink_paint, 1, "");
  canvas.text({14, 8}, "a long text that leaves the picture \xC3\xA9\xFF", {.size = 12});
  EXPECT_EQ(decoded(canvas.finish()).at(0, 0), light_theme.ink);
}

TEST(StrokeFont, EveryLetterIsOnItsGrid) {
  for (unsigned code = 0x20; code < 0x7f; ++code) {
    const Glyph& glyph = glyph_of(code);
    std::size_t points = 0;
    for (std::size_t i = 0; i <= glyph.strokes.size();) {
      if (i == glyph.strokes.size() || glyph.strokes[i] == ' ') {
        EXPECT_TRUE(points >= 2 || code == 0x20) << static_cast<char>(code);
        points = 0;
        ++i;
      } else {
        ASSERT_LT(i + 1, glyph.strokes.size()) << static_cast<char>(code);
        EXPECT_LE(glyph.strokes[i], '0' + glyph.width) << static_cast<char>(code);
        EXPECT_NE(std::string_view("0123456789ab").find(glyph.strokes[i + 1]),
                  std::string_view::npos);
        ++points;
        i += 2;
      }
    }
  }
  EXPECT_EQ(glyph_of(0).strokes, glyph_of(0xe9).strokes);
}

TEST(ItemColors, ViridisRunsFromVioletToYellow) {
  EXPECT_EQ(viridis(0), (Color{68, 1, 84}));
  EXPECT_EQ(viridis(1), (Color{253, 231, 37}));
  EXPECT_EQ(viridis(5.0 / 9), (Color{31, 158, 137}));
  EXPECT_EQ(viridis(-3), viridis(0));
}

TEST(ItemColors, TheTenMostFrequentLabelsAndOther) {
  const Model model = made_up_model();
  const ItemTable table = made_up_items(model);
  const ReportItems items = report_items(model, table);
  const ItemColors colors = item_colors(items, table, "genre");
  ASSERT_EQ(colors.legend.size(), 11U);
  EXPECT_EQ(colors.legend.back().name, "other");
  EXPECT_FALSE(colors.bar.has_value());
  EXPECT_TRUE(item_colors(items, table, "year").bar.has_value());
  EXPECT_FALSE(item_colors(items, table, "year").given[0]);
}

TEST(Scatter, SvgHasOneDiscForEachItemAndTheVarianceOnItsAxes) {
  const Model model = made_up_model();
  const ItemTable items = made_up_items(model);
  const std::string text = scatter(model, items, {.title = "A & B"}, PictureFormat::svg);
  EXPECT_EQ(count_of(text, "<circle"), static_cast<std::size_t>(model.item_ids.size()));
  const Components components =
      principal_components(model.item_factors, report_items(model, items).rows);
  for (const int axis : {0, 1}) {
    const double share = components.explained[static_cast<std::size_t>(axis)];
    EXPECT_NE(text.find(fmt::format("PC{} ({:.1f} % of variance)", axis + 1, 100 * share)),
              std::string::npos);
  }
  EXPECT_NE(text.find(">popularity<"), std::string::npos);
  EXPECT_NE(text.find("A &amp; B"), std::string::npos);
  EXPECT_NE(text.find("<title>Title 3</title>"), std::string::npos);
}

TEST(Scatter, PngIsTheSameForAnyNumberOfThreads) {
  const Model model = made_up_model();
  const ItemTable items = made_up_items(model);
  const auto picture = [&](int threads) {
    return scatter(
        model,
        items,
        {.components = {3, 2}, .color = "genre", .width = 300, .height = 200, .threads = threads},
        PictureFormat::png);
  };
  const std::string one = picture(1);
  EXPECT_EQ(decoded(one).width, 600U);
  EXPECT_EQ(one, picture(3));
}

TEST(Scatter, RefusesWhatIsNotThere) {
  const Model model = made_up_model();
  const ItemTable items = made_up_items(model);
  const auto message = [&](const ScatterOptions& options) {
    return error_of(ErrorCode::invalid_argument,
                    [&] { scatter(model, items, options, PictureFormat::svg); });
  };
  EXPECT_EQ(message({.components = {1, 9}}),
            "report: there is no component 9, the model with 8 factors and 90 items has 8. They "
            "count from 1.");
  EXPECT_EQ(
      message({.color = "genres"}),
      "report: there is no column 'genres' to colour by. Choose one of popularity, year, genre.");
  EXPECT_EQ(message({.width = 5}), "report: the size is 5 x 720, both must be 160 to 10,000.");
}

}  // namespace
}  // namespace alsace::test
