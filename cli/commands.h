#pragma once

#include <span>
#include <string>

namespace alsace::cli {

/// The arguments behind the command's name.
using Arguments = std::span<const std::string>;

// Each command parses, calls the library and prints. They throw Error; main() turns it into an
// exit code.
void train_command(Arguments arguments);
void evaluate_command(Arguments arguments);
void tune_command(Arguments arguments);
void recommend_command(Arguments arguments);
void similar_command(Arguments arguments);
void explain_command(Arguments arguments);
void predict_command(Arguments arguments);
void report_command(Arguments arguments);
void info_command(Arguments arguments);
void demo_command(Arguments arguments);

}  // namespace alsace::cli
