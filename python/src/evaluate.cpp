#include "alsace/evaluate.h"

#include "alsace/error.h"
#include "alsace/tune.h"

#include "arrays.h"
#include "bindings.h"
#include "ids.h"
#include "measured.h"
#include "options.h"
#include "tune.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

namespace alsace::python {
namespace {

SplitMethod method_of(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, SplitMethod>, 5> methods = {
      {{"leave_last_one", SplitMethod::leave_last_one},
       {"leave_last_two", SplitMethod::leave_last_two},
       {"random", SplitMethod::random},
       {"temporal", SplitMethod::temporal},
       {"new_users", SplitMethod::new_users}}};
  for (const auto& [name, method] : methods) {
    if (word == name) {
      return method;
    }
  }
  throw Error(ErrorCode::invalid_argument,
              "split: how '" + std::string(word) +
                  "' is not known. Choose one of leave_last_one, leave_last_two, random, temporal, "
                  "new_users.");
}

/// (train, valid, test, fold_in), each with the ids of all.
nb::tuple split_parts(const Interactions& data,
                      const std::string& how,
                      double test_fraction,
                      std::uint64_t seed) {
  const SplitOptions options{
      .method = method_of(how), .test_fraction = test_fraction, .seed = seed};
  Split parts;
  std::array<Interactions, 3> others;
  {
    const nb::gil_scoped_release unlocked;
    parts = split(data, options);
    const std::array triplets = {&parts.valid, &parts.test, &parts.fold_in};
    for (std::size_t i = 0; i < others.size(); ++i) {
      others[i].triplets = std::move(*triplets[i]);
      others[i].user_ids = parts.train.user_ids;
      others[i].item_ids = parts.train.item_ids;
    }
  }
  return nb::make_tuple(
      std::move(parts.train), std::move(others[0]), std::move(others[1]), std::move(others[2]));
}

/// Looks for Ctrl-C while users are ranked, on the calling thread: Python's handlers run on no
/// other. What it raises ends the evaluation.
class Interruptible {
 public:
  Scorer watched(Scorer scorer) {
    if (scorer.scores) {
      scorer.scores = [this, scores = std::move(scorer.scores)](Index user, std::span<float> out) {
        look(1);
        scores(user, out);
      };
    }
    if (scorer.scores_many) {
      scorer.scores_many = [this, scores_many = std::move(scorer.scores_many)](
                               std::span<const Index> users, std::span<float> out) {
        look(users.size());
        scores_many(users, out);
      };
    }
    return scorer;
  }

 private:
  void look(std::size_t users) {
    constexpr std::size_t between = 64;
    if (std::this_thread::get_id() != caller_ || (ranked_ += users) < between) {
      return;
    }
    ranked_ = 0;
    const nb::gil_scoped_acquire locked;
    if (PyErr_CheckSignals() != 0) {
      nb::raise_python_error();
    }
  }

  std::thread::id caller_ = std::this_thread::get_id();
  std::size_t ranked_ = 0;  ///< By the calling thread alone, since it last looked.
};

/// A split under test. Lists made elsewhere join before anything is measured: the items that only
/// they name are part of the catalogue.
class Trial {
 public:
  /// `valid` joins the catalogue, and no more. What `candidates` says of users that are in none of
  /// the others has nobody to be tested on.
  Trial(const Interactions& train,
        const Interactions* valid,
        const Interactions& test,
        const Interactions* fold_in,
        const Interactions* candidates)
      : split_{.train = train} {
    if (valid != nullptr) {
      split_.valid = in_rows_of_train(*valid);
    }
    split_.test = in_rows_of_train(test);
    if (fold_in != nullptr) {
      split_.fold_in = in_rows_of_train(*fold_in);
    }
    if (candidates != nullptr) {
      split_.candidates = of_known_users(*candidates);
    }
  }

  std::size_t add_lists(const Interactions& given) {
    lists_.push_back(of_known_users(given));
    return lists_.size() - 1;
  }

  nb::dict of_model(const FittedModel& model, const nb::dict& options) const {
    return measure([&] { return als_scorer(model.model, split_); }, options);
  }
  nb::dict of_lists(std::size_t place, const nb::dict& options) const {
    return measure([&] { return list_scorer("lists", lists_.at(place)); }, options);
  }
  nb::dict of_baseline(const std::string& name, const nb::dict& options) const {
    return measure(baseline(name, options), options);
  }

  [[nodiscard]] nb::dict facts() const {
    const SplitFacts facts = alsace::facts(split_);
    nb::dict out;
    out["users"] = facts.users;
    out["items"] = facts.items;
    out["train_interactions"] = facts.train_interactions;
    out["test_interactions"] = facts.test_interactions;
    out["test_users"] = facts.test_users;
    out["users_left_out"] = facts.users_left_out;
    out["untrained_test_items"] = facts.untrained_test_items;
    return out;
  }
  /// The test part is what options are measured on.
  [[nodiscard]] nb::tuple tune(const nb::dict& options, const nb::dict& control) const {
    return tune_on(split_, options, control);
  }
  [[nodiscard]] Interactions all() const {
    const nb::gil_scoped_release unlocked;
    return all_of(split_);
  }
  [[nodiscard]] nb::object user_ids() const { return ids_of(split_.train.user_ids); }

 private:
  /// Users that only these name have nothing to be tested on; items join the catalogue.
  Triplets of_known_users(const Interactions& given) {
    Triplets known;
    for (std::size_t i = 0; i < given.triplets.users.size(); ++i) {
      const auto user = split_.train.user_ids.find(given.user_ids[given.triplets.users[i]]);
      if (user) {
        known.users.push_back(*user);
        known.items.push_back(
            split_.train.item_ids.find_or_add(given.item_ids[given.triplets.items[i]]));
        if (!given.triplets.values.empty()) {
          known.values.push_back(given.triplets.values[i]);
        }
      }
    }
    return known;
  }

  Triplets in_rows_of_train(const Interactions& part) {
    const auto renumber = [](std::vector<Index>& rows, const IdTable& from, IdTable& to) {
      std::vector<Index> place(static_cast<std::size_t>(from.size()), -1);
      for (Index& row : rows) {
        Index& known = place[static_cast<std::size_t>(row)];
        known = known < 0 ? to.find_or_add(from[row]) : known;
        row = known;
      }
    };
    Triplets triplets = part.triplets;
    renumber(triplets.users, part.user_ids, split_.train.user_ids);
    renumber(triplets.items, part.item_ids, split_.train.item_ids);
    return triplets;
  }

  using MakeScorer = std::function<Scorer()>;

  /// What makes a baseline, for which no lock is needed.
  [[nodiscard]] MakeScorer baseline(std::string_view name, const nb::dict& options) const {
    if (name == "random") {
      return [seed = evaluate_options(options).seed] { return random_scorer(seed); };
    }
    if (name == "popularity") {
      return [this] { return popularity_scorer(split_); };
    }
    if (name == "knn_cosine" || name == "knn_bm25") {
      NeighborOptions neighbors = neighbor_options(options);
      neighbors.weights = name == "knn_bm25" ? NeighborWeights::bm25 : NeighborWeights::cosine;
      return [this, neighbors] { return neighbor_scorer(split_, neighbors); };
    }
    if (name == "ease") {
      return [this, ease = ease_options(options)] { return ease_scorer(split_, ease); };
    }
    if (name == "mean") {
      return [this] { return mean_scorer(split_); };
    }
    if (name == "item_mean") {
      return [this] { return item_mean_scorer(split_); };
    }
    throw Error(
        ErrorCode::invalid_argument,
        "evaluate: there is no baseline '" + std::string(name) +
            "'. Choose from random, popularity, knn_cosine, knn_bm25, ease (ranking), mean, "
            "item_mean (ratings).");
  }

  [[nodiscard]] nb::dict measure(const MakeScorer& make_scorer, const nb::dict& given) const {
    const EvaluateOptions options = evaluate_options(given);
    Interruptible interruptible;
    Evaluation found;
    {
      const nb::gil_scoped_release unlocked;
      found = evaluate(interruptible.watched(make_scorer()), split_, options);
    }
    return dict_of(std::move(found));
  }

  Split split_;
  std::vector<Triplets> lists_;
};

nb::list metric_names(const std::string& text) {
  nb::list names;
  for (const Metric& metric : parse_metrics(text)) {
    names.append(metric.to_string());
  }
  return names;
}

}  // namespace

void bind_evaluate(nb::module_& module) {
  nb::class_<Trial>(module, "Trial")
      .def(nb::init<const Interactions&,
                    const Interactions*,
                    const Interactions&,
                    const Interactions*,
                    const Interactions*>(),
           nb::arg(),
           nb::arg().none(),
           nb::arg(),
           nb::arg().none(),
           nb::arg().none())
      .def("add_lists", &Trial::add_lists)
      .def("of_model", &Trial::of_model)
      .def("of_lists", &Trial::of_lists)
      .def("of_baseline", &Trial::of_baseline)
      .def("tune", &Trial::tune)
      .def("all", &Trial::all)
      .def("facts", &Trial::facts)
      .def("user_ids", &Trial::user_ids);
  module.def("split", split_parts);
  module.def("metric_names", metric_names);
  module.def("compare", compare_measured);
}

}  // namespace alsace::python
