#pragma once

namespace alsace::cli {

/// From here on the first Ctrl-C (or SIGTERM) only sets a flag, so that work can end in good order;
/// a second one ends the program at once with exit code 130. Before, Ctrl-C ends it at once.
/// `message` is what the first one says, a text that lives for ever.
void catch_interrupts(const char* message);

bool interrupted() noexcept;

/// Thrown by a command that ends for Ctrl-C without a result: exit code 130.
struct Interrupted {};

}  // namespace alsace::cli
