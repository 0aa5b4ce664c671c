// Any bytes are either refused with a FormatError or a whole model, which then saves and loads as
// itself. Checksums are skipped, or no made-up file would come past them.
#include "base/aligned.h"
#include "model/model_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using namespace alsace;

constexpr std::size_t length_bytes = 8;

void expect(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check_round_trip(const Model& model) {
  std::string file;
  encode_model(model, "0.1.0", [&](std::span<const std::byte> bytes) {
    file.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  });
  const Model again = decode_model(std::as_bytes(std::span(file)), nullptr, Checksums::verify);
  expect(again.options == model.options && again.summary == model.summary);
  expect(model_hash(again) == model_hash(model));
}

std::size_t blanks_after(std::size_t header) {
  return (tensor_alignment - (length_bytes + header) % tensor_alignment) % tensor_alignment;
}

/// Mutates the header alone and mends its length, so that the data stays where it was.
std::size_t mutate_header(std::uint8_t* file, std::size_t size, std::size_t most) {
  std::uint64_t length = 0;
  std::memcpy(&length, file, length_bytes);
  const std::string data(file + length_bytes + length, file + size);
  std::string header(file + length_bytes, file + length_bytes + length);
  header.erase(header.find_last_not_of(' ') + 1);
  const std::size_t room = most - length_bytes - data.size() - tensor_alignment;
  std::string mutated(std::max(header.size(), std::min(room, header.size() + 256)), '\0');
  std::copy(header.begin(), header.end(), mutated.begin());
  mutated.resize(LLVMFuzzerMutate(
      reinterpret_cast<std::uint8_t*>(mutated.data()), header.size(), mutated.size()));
  mutated.append(blanks_after(mutated.size()), ' ');
  length = mutated.size();
  std::memcpy(file, &length, length_bytes);
  std::copy(mutated.begin(), mutated.end(), file + length_bytes);
  std::copy(data.begin(), data.end(), file + length_bytes + length);
  return length_bytes + mutated.size() + data.size();
}

/// Mutates the data alone without changing its size.
std::size_t mutate_data(std::uint8_t* file, std::size_t size, std::uint64_t length) {
  std::string data(file + length_bytes + length, file + size);
  LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(data.data()), data.size(), data.size());
  std::copy(data.begin(), data.end(), file + length_bytes + length);
  return size;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Aligned as a mapped file, and with an owner, so that factors are used where they are.
  const auto* first = reinterpret_cast<const std::byte*>(data);
  const auto bytes = std::make_shared<AlignedVector<std::byte>>(first, first + size);
  try {
    check_round_trip(decode_model(*bytes, bytes, Checksums::skip));
  } catch (const FormatError&) {
  }
  return 0;
}

/// Most mutations of a whole file break the frame of length, header and data, which is soon
/// explored; these keep it.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t most,
                                               unsigned seed) {
  std::uint64_t length = 0;
  std::memcpy(&length, data, std::min(size, length_bytes));
  const bool framed = size > length_bytes && length > 0 && length < size - length_bytes;
  if (framed && seed % 8 < 4 && size + 2 * tensor_alignment < most) {
    return mutate_header(data, size, most);
  }
  if (framed && seed % 8 < 7) {
    return mutate_data(data, size, length);
  }
  return LLVMFuzzerMutate(data, size, most);
}
