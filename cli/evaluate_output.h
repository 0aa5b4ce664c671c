#pragma once

#include "alsace/evaluate.h"

#include "evaluation.h"
#include "output.h"

#include <span>
#include <string>

namespace alsace::cli {

/// What the groups are.
std::string groups_text(const Evaluation& evaluation);
/// Every model's metrics for each group of users.
std::string groups_table(std::span<const Result> results);
/// [{name, users, from, to}]
Json groups_json(const Evaluation& evaluation);

/// Differences to the reference, those whose interval leaves out 0 marked with *.
std::string differences_table(const Evaluation& reference, std::span<const Comparison> differences);
/// [{name, reference, metrics, groups}]
Json differences_json(const Evaluation& reference, std::span<const Comparison> differences);

}  // namespace alsace::cli
