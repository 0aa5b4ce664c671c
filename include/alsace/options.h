#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace alsace {

/// What a value means. Written "implicit" and "explicit" outside C++.
enum class Feedback {
  implicit_feedback,  ///< Counts, plays, clicks: preference 1 with a confidence.
  explicit_feedback   ///< Ratings: the value itself is approximated, where it was observed.
};

/// Confidence c of an observed value r > 0 (implicit feedback).
enum class Confidence {
  linear,   ///< c = 1 + alpha r. Hu, Koren, Volinsky 2008.
  scaled,   ///< c = alpha r.
  log,      ///< c = 1 + alpha log(1 + r / log_epsilon). Hu, Koren, Volinsky 2008, eq. 6.
  relative  ///< c = 1 + alpha r / mean(r), the mean over the training entries.
};

/// What n is in l_u = regularization * n^regularization_exponent.
enum class RegularizationCount {
  observed,  ///< n_u, the row's entries (ALS-WR: Zhou et al. 2008).
  all        ///< n_u + unobserved_weight * rows of the other side (Rendle et al. 2021).
};

enum class Solver {
  automatic,  ///< Per row: preconditioned conjugate gradients or exact, whichever is cheaper.
  exact       ///< Every row to float precision. Written "auto" and "exact" outside C++.
};

/// Every training choice. Names are the same on the command line, in Python and in the model file;
/// docs/algorithm.md has the objective each of them is a symbol of.
struct TrainOptions {
  Feedback feedback = Feedback::implicit_feedback;
  int factors = 64;                           ///< Latent dimensions k, 1 to 65536.
  std::optional<double> regularization = {};  ///< lambda >= 0. Unset: 0.001 implicit, 0.1 explicit.
  std::optional<double> regularization_exponent =
      {};  ///< nu, 0 to 4. Unset: 0 implicit, 1 explicit.
  RegularizationCount regularization_count = RegularizationCount::observed;
  int iterations = 20;  ///< >= 0; one = all users, then all items.
  double tolerance =
      0;  ///< 0 to below 1; stop when the objective's relative fall is below; 0: never.
  Solver solver = Solver::automatic;
  std::uint64_t seed = 42;  ///< Of the start values; the same seed gives the same model.
  int threads = 0;          ///< 0: all this process may use. Never changes the result.

  Confidence confidence = Confidence::linear;  ///< Implicit only, as the next four.
  double alpha = 10;                           ///< Confidence scale, > 0.
  double log_epsilon = 1;                      ///< Of Confidence::log, > 0.
  double unobserved_weight = 1;  ///< w0 >= 0: the confidence of a pair that was not observed.
  /// A value r <= 0 is a dislike: preference 0 with the confidence of |r|. Without it values of 0
  /// are dropped and negative ones refused.
  bool dislikes = false;

  bool biases = false;       ///< Explicit only: adds mean, user and item biases.
  bool nonnegative = false;  ///< Explicit only: all factors >= 0 (biases are free).

  bool operator==(const TrainOptions&) const = default;
};

/// The preset "recommended", good without tuning on counts and on binary data: confidence relative,
/// alpha 10, regularization 0.3, exponent 1, count observed.
TrainOptions recommended_options();

/// The options with nothing unset.
/// @throws Error invalid_argument that names the first option out of its range or not meant for
///         this feedback, its value and its range.
TrainOptions resolve(TrainOptions options);

/// c of one observed value |r| under resolved options, in double. `mean_value` is mean(|r|), used
/// by Confidence::relative only.
double confidence_of(double value, const TrainOptions& options, double mean_value);

/// The words of the command line and of the model file ("implicit", "auto", "linear", ...).
std::string_view to_string(Feedback value) noexcept;
std::string_view to_string(Confidence value) noexcept;
std::string_view to_string(RegularizationCount value) noexcept;
std::string_view to_string(Solver value) noexcept;

/// The value with that word: parse<Confidence>("log").
/// @throws Error invalid_argument that lists the words there are.
template <class Enum>
Enum parse(std::string_view word);

}  // namespace alsace
