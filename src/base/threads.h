#pragma once

namespace alsace {

/// Threads this process may really use; also public in alsace/solve.h.
int available_threads() noexcept;

}  // namespace alsace
