#pragma once

#include "alsace/factors.h"
#include "alsace/items.h"
#include "alsace/model.h"
#include "alsace/recommend.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace alsace {

/// Principal components of factors: the directions in which rows differ most.
struct Components {
  int factors = 0;
  int count = 0;                   ///< min(factors, rows - 1), at least 0.
  std::vector<double> mean = {};   ///< [factors] Of the rows.
  std::vector<double> basis = {};  ///< [count x factors] Unit vectors; the entry of largest size
                                   ///< of each is positive.
  std::vector<double> explained = {};  ///< [count] Shares of the variance, falling; 0 without any.
};

/// PCA of some rows of a factor table: eigenvectors of the covariance, in double (Pearson 1901).
/// O(rows * factors^2 + factors^3); the same for any number of threads (0: all).
/// @throws Error invalid_argument for a row out of range.
Components principal_components(FactorView table, std::span<const Index> rows, int threads = 0);

/// What a report shows beside the model.
struct ReportOptions {
  std::string title = {};    ///< Empty: "Alsace report".
  std::string command = {};  ///< That makes the report again; empty: not said.
  /// The document that `alsace evaluate --json` prints, or empty.
  std::string evaluation = {};
  int users = 300;                      ///< To look into: of different activity, drawn by `seed`.
  std::vector<Index> named_users = {};  ///< Rows of users to look into besides, first.
  int top_k = 10;                       ///< Length of their lists, 1 to 100.
  std::uint64_t seed = 42;
  int threads = 0;  ///< 0: all. Never changes the result.
};

/// The report's data as one JSON document: facts, training, spectrum, the items with factors,
/// principal components and columns, how much popularity and columns explain of each component,
/// users with their histories and recommendations and what each item of the history adds to them,
/// the evaluation, personalization. `items` may be empty. Without stored interactions there are no
/// users. Bytes do not depend on threads.
/// @throws Error invalid_argument for an option out of range, an evaluation that is no such
///         document, a checkpoint, and a model without a trained item.
std::string report_json(const Recommender& recommender,
                        const ItemTable& items,
                        const ReportOptions& options = {});

/// The same as one self-contained HTML page, to be looked at without network.
std::string html_report(const Recommender& recommender,
                        const ItemTable& items,
                        const ReportOptions& options = {});

/// Formats of a picture: vectors or points of colour.
enum class PictureFormat { svg, png };

/// A scatter of the items on two principal components.
struct ScatterOptions {
  std::string title = {};                  ///< Empty: none.
  std::array<int, 2> components = {1, 2};  ///< Of the axes, from 1.
  /// "popularity" (training interactions, on a log scale), or a column of the items file. A
  /// category colours by the first label of an item; the ten most frequent, and "other".
  std::string color = "popularity";
  int width = 960;  ///< In pixels, 160 to 10,000, as height.
  int height = 720;
  int threads = 0;  ///< 0: all. Never changes the result.
};

/// The scatter as a file's bytes; the axes carry the explained variance.
/// @throws Error invalid_argument for a component, a column or a size that is not there, naming
///         those that are.
std::string scatter(const Model& model,
                    const ItemTable& items,
                    const ScatterOptions& options,
                    PictureFormat format);

}  // namespace alsace
