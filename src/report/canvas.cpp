#include "report/canvas.h"

#include <algorithm>

namespace alsace {

// The first seven hues are those of Okabe and Ito 2008, which colour-blind people tell apart;
// yellow darker on white, blue lighter on black.
const Theme light_theme = {.paper = {255, 255, 255},
                           .ink = {31, 35, 40},
                           .faint = {89, 99, 110},
                           .grid = {225, 228, 232},
                           .series = {{{0, 114, 178},
                                       {213, 94, 0},
                                       {0, 158, 115},
                                       {204, 121, 167},
                                       {230, 159, 0},
                                       {86, 180, 233},
                                       {156, 140, 0},
                                       {106, 61, 154},
                                       {127, 79, 36},
                                       {100, 110, 120}}}};
const Theme dark_theme = {.paper = {13, 17, 23},
                          .ink = {230, 237, 243},
                          .faint = {145, 152, 161},
                          .grid = {48, 54, 61},
                          .series = {{{70, 160, 230},
                                      {240, 125, 40},
                                      {20, 185, 140},
                                      {224, 150, 190},
                                      {240, 178, 40},
                                      {140, 210, 250},
                                      {240, 228, 66},
                                      {170, 130, 225},
                                      {190, 135, 85},
                                      {155, 165, 175}}}};

Color Theme::of(const Paint& paint) const noexcept {
  switch (paint.use) {
    case Paint::Use::ink:
      return ink;
    case Paint::Use::faint:
      return faint;
    case Paint::Use::grid:
      return grid;
    case Paint::Use::paper:
      return paper;
    case Paint::Use::series:
      return series[paint.series % series.size()];
    case Paint::Use::fixed:
      break;
  }
  return paint.color;
}

double text_width(std::string_view text, double size) noexcept {
  const auto letters = std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; });
  return static_cast<double>(letters) * size * 0.6;
}

}  // namespace alsace
