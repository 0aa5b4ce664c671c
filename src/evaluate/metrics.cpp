#include "evaluate/metrics.h"

#include "alsace/error.h"

#include "evaluate/test_set.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace alsace {
namespace {

struct Known {
  std::string_view name;
  MetricKind kind;
  bool cut;              ///< Has a cut-off K.
  bool sampled = false;  ///< Can be asked of candidates.
};

constexpr std::string_view sampled_prefix = "sampled_";

constexpr std::array known_metrics = {
    Known{"recall", MetricKind::recall, true, true},
    Known{"recall_capped", MetricKind::recall_capped, true, true},
    Known{"ndcg", MetricKind::ndcg, true, true},
    Known{"precision", MetricKind::precision, true, true},
    Known{"map", MetricKind::map, true, true},
    Known{"mrr", MetricKind::mrr, true, true},
    Known{"hit_rate", MetricKind::hit_rate, true, true},
    Known{"coverage", MetricKind::coverage, true},
    Known{"novelty", MetricKind::novelty, true},
    Known{"popularity_bias", MetricKind::popularity_bias, true},
    Known{"personalization", MetricKind::personalization, true},
    Known{"auc", MetricKind::auc, false, true},
    Known{"rmse", MetricKind::rmse, false},
    Known{"mae", MetricKind::mae, false},
};

std::string sampled_metrics() {
  std::string text;
  for (const Known& known : known_metrics) {
    if (known.sampled) {
      text += fmt::format("{}{}", text.empty() ? "" : ", ", known.name);
    }
  }
  return text;
}

std::string all_metrics() {
  std::string text;
  for (const Known& known : known_metrics) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", known.name, known.cut ? "@K" : "");
  }
  return text + "; with " + std::string(sampled_prefix) + " before them " + sampled_metrics();
}

[[noreturn]] void refuse(std::string_view metric, std::string_view why) {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("evaluate: metric '{}' {}. There are {}.", metric, why, all_metrics()));
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Metric parse_metric(std::string_view word) {
  const auto mark = word.find('@');
  Metric metric{.name = std::string(word.substr(0, mark)), .k = 0};
  if (mark != std::string_view::npos) {
    const std::string_view digits = word.substr(mark + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), metric.k);
    if (error != std::errc() || end != digits.data() + digits.size() || metric.k < 1) {
      refuse(word,
             fmt::format("has the cut-off '{}', which must be a whole number from 1 to "
                         "2147483647",
                         digits));
    }
  }
  kind_of(metric);
  return metric;
}

std::int64_t count_within(const Hits& hits, int k) {
  return std::ranges::upper_bound(hits.ranks, k) - hits.ranks.begin();
}

/// The most hits a list of k can have.
std::int64_t most_hits(const Hits& hits, int k) {
  return std::min<std::int64_t>(k, hits.test_items);
}

double ratio(std::int64_t part, std::int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

double discount(std::int64_t rank) {
  return 1.0 / std::log2(static_cast<double>(rank) + 1.0);
}

}  // namespace

std::string Metric::to_string() const {
  return k > 0 ? fmt::format("{}@{}", name, k) : name;
}

bool is_sampled(const Metric& metric) {
  return metric.name.starts_with(sampled_prefix);
}

std::vector<Metric> parse_metrics(std::string_view text) {
  std::vector<Metric> metrics;
  while (true) {
    const auto comma = text.find(',');
    const Metric metric = parse_metric(trimmed(text.substr(0, comma)));
    if (std::ranges::find(metrics, metric) == metrics.end()) {
      metrics.push_back(metric);
    }
    if (comma == std::string_view::npos) {
      return metrics;
    }
    text.remove_prefix(comma + 1);
  }
}

MetricKind kind_of(const Metric& metric) {
  const bool sampled = is_sampled(metric);
  const std::string_view name =
      std::string_view(metric.name).substr(sampled ? sampled_prefix.size() : 0);
  const auto known = std::ranges::find(known_metrics, name, &Known::name);
  if (known == known_metrics.end() || (sampled && !known->sampled)) {
    refuse(metric.to_string(), "is not known");
  }
  if (known->cut && metric.k < 1) {
    refuse(metric.to_string(),
           fmt::format("needs the length of the lists, for example {}@10", metric.name));
  }
  if (!known->cut && metric.k != 0) {
    refuse(metric.to_string(), fmt::format("has no cut-off: write {}", metric.name));
  }
  return known->kind;
}

double recall(const Hits& hits, int k) {
  return ratio(count_within(hits, k), hits.test_items);
}

double recall_capped(const Hits& hits, int k) {
  return ratio(count_within(hits, k), most_hits(hits, k));
}

double precision(const Hits& hits, int k) {
  return ratio(count_within(hits, k), k);
}

double hit_rate(const Hits& hits, int k) {
  return count_within(hits, k) > 0 ? 1.0 : 0.0;
}

double reciprocal_rank(const Hits& hits, int k) {
  return count_within(hits, k) > 0 ? ratio(1, hits.ranks.front()) : 0.0;
}

double ndcg(const Hits& hits, int k) {
  double gain = 0;
  for (std::int64_t hit = 0; hit < count_within(hits, k); ++hit) {
    gain += discount(hits.ranks[static_cast<std::size_t>(hit)]);
  }
  double ideal = 0;
  for (std::int64_t rank = 1; rank <= most_hits(hits, k); ++rank) {
    ideal += discount(rank);
  }
  return gain / ideal;
}

double average_precision(const Hits& hits, int k) {
  double sum = 0;
  for (std::int64_t hit = 0; hit < count_within(hits, k); ++hit) {
    sum += ratio(hit + 1, hits.ranks[static_cast<std::size_t>(hit)]);
  }
  return sum / static_cast<double>(most_hits(hits, k));
}

double novelty(std::span<const Index> list, std::span<const std::int64_t> counts, Index users) {
  double sum = 0;
  for (const Index item : list) {
    sum -= std::log2(ratio(std::max<std::int64_t>(counts[at(item)], 1), std::max<Index>(users, 1)));
  }
  return list.empty() ? 0.0 : sum / static_cast<double>(list.size());
}

double popularity_bias(std::span<const Index> list,
                       std::span<const Index> history,
                       std::span<const std::int64_t> counts) {
  if (list.empty() || history.empty()) {
    return 0;
  }
  std::int64_t listed = 0;
  for (const Index item : list) {
    listed += counts[at(item)];
  }
  std::int64_t had = 0;
  for (const Index item : history) {
    had += std::max<std::int64_t>(counts[at(item)], 1);
  }
  return ratio(listed, std::ssize(list)) / ratio(had, std::ssize(history)) - 1.0;
}

double coverage(std::span<const std::int64_t> listed) {
  return ratio(std::ranges::count_if(listed, [](std::int64_t n) { return n > 0; }),
               static_cast<std::int64_t>(listed.size()));
}

double personalization(std::span<const std::int64_t> listed, int k, std::size_t users) {
  if (users < 2) {
    return 0;
  }
  // An item in n lists is common to n (n - 1) ordered pairs of users.
  double common = 0;
  for (const std::int64_t n : listed) {
    common += static_cast<double>(n) * static_cast<double>(n - 1);
  }
  const auto count = static_cast<double>(users);
  return 1.0 - common / (static_cast<double>(k) * count * (count - 1.0));
}

}  // namespace alsace
