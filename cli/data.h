#pragma once

#include "alsace/evaluate.h"
#include "alsace/interactions.h"
#include "alsace/options.h"
#include "alsace/read.h"

#include "files.h"
#include "option_groups.h"
#include "output.h"
#include "progress.h"

namespace alsace::cli {

/// What reading and the filters did.
struct DataReport {
  ReadReport read;
  PrepareReport prepared;
  double seconds = 0;
};

/// Reads files into triplets with progress, and notes what was read.
Triplets read_with_progress(const Paths& files,
                            ReadOptions options,
                            IdTable& user_ids,
                            IdTable& item_ids,
                            Log& log,
                            DataReport& report);

/// Files to interactions, merged and filtered, with progress and a note of what was read.
Interactions read_data(const Paths& files,
                       const ReadingOptions& reading,
                       Feedback feedback,
                       int threads,
                       Log& log,
                       DataReport& report);

/// What the filters did, and what is left, as notes.
void note_data(const Triplets& triplets,
               const Triplets& low,
               const IdTable& user_ids,
               const IdTable& item_ids,
               const DataReport& report,
               Log& log);

Json data_json(const DataReport& report);

}  // namespace alsace::cli
