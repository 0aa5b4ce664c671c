#include "alsace/report.h"

#include "alsace/read.h"

#include "bindings.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

namespace alsace::python {
namespace {

/// Of a page as Python gives them: (title, evaluation, users, named users, top_k, seed, threads).
using PageTuple =
    std::tuple<std::string, std::string, int, std::vector<Index>, int, std::uint64_t, int>;

/// Of a picture: (title, x component, y component, color, format, threads).
using PictureTuple = std::tuple<std::string, int, int, std::string, std::string, int>;

ItemTable items_of(const std::optional<std::string>& file) {
  return file ? read_items(*file) : ItemTable{};
}

nb::bytes bytes_of(const std::string& text) {
  return nb::bytes(text.data(), text.size());
}

nb::bytes html_page(const FittedModel& self,
                    const std::optional<std::string>& items,
                    const PageTuple& given) {
  const auto& [title, evaluation, users, named_users, top_k, seed, threads] = given;
  const ReportOptions options{.title = title,
                              .command = {},
                              .evaluation = evaluation,
                              .users = users,
                              .named_users = named_users,
                              .top_k = top_k,
                              .seed = seed,
                              .threads = threads};
  std::string page;
  {
    const nb::gil_scoped_release unlocked;
    page = html_report(self.recommender, items_of(items), options);
  }
  return bytes_of(page);
}

nb::bytes picture(const FittedModel& self,
                  const std::optional<std::string>& items,
                  const PictureTuple& given) {
  const auto& [title, x, y, color, format, threads] = given;
  const ScatterOptions options{
      .title = title, .components = {x, y}, .color = color, .threads = threads};
  std::string file;
  {
    const nb::gil_scoped_release unlocked;
    file = scatter(*self.model,
                   items_of(items),
                   options,
                   format == "svg" ? PictureFormat::svg : PictureFormat::png);
  }
  return bytes_of(file);
}

}  // namespace

void bind_report(nb::class_<FittedModel>& model) {
  model.def("html_report", html_page).def("scatter", picture);
}

}  // namespace alsace::python
