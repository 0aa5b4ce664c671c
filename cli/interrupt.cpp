#include "interrupt.h"

#include <atomic>
#include <csignal>
#include <cstring>

#include <unistd.h>

namespace alsace::cli {
namespace {

std::atomic<bool> flag = false;
std::atomic<const char*> farewell = nullptr;
static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<const char*>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

extern "C" void on_interrupt(int) {
  if (flag.exchange(true)) {
    _exit(130);
  }
  const char* message = farewell;
  // The result says only whether the terminal is still there.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, message, std::strlen(message));
}

}  // namespace

void catch_interrupts(const char* message) {
  farewell = message;
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() noexcept {
  return flag;
}

}  // namespace alsace::cli
