#include "read/utf16.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace alsace {
namespace {

enum class Form { bytes, little_endian, big_endian };

class DecodedSource : public Source {
 public:
  explicit DecodedSource(std::unique_ptr<Source> source) : source_(std::move(source)) {
    std::array<char, 2> first{};
    std::size_t size = 0;
    while (size < first.size()) {
      const std::size_t more = source_->read(first.data() + size, first.size() - size);
      if (more == 0) {
        break;
      }
      size += more;
    }
    const std::string_view mark(first.data(), size);
    form_ = mark == "\xFF\xFE"   ? Form::little_endian
            : mark == "\xFE\xFF" ? Form::big_endian
                                 : Form::bytes;
    if (form_ == Form::bytes) {
      ready_ = mark;
    }
  }

  std::size_t read(char* data, std::size_t size) override {
    if (place_ == ready_.size() && form_ == Form::bytes) {
      return source_->read(data, size);
    }
    if (place_ == ready_.size()) {
      decode_more();
    }
    const std::size_t taken = std::min(size, ready_.size() - place_);
    std::copy_n(ready_.data() + place_, taken, data);
    place_ += taken;
    return taken;
  }

  [[nodiscard]] std::int64_t taken() const noexcept override { return source_->taken(); }
  [[nodiscard]] std::int64_t total() const noexcept override { return source_->total(); }

 private:
  void decode_more() {
    ready_.clear();
    place_ = 0;
    std::array<char, 1 << 15> bytes{};
    while (ready_.empty() && !ended_) {
      const std::size_t size = source_->read(bytes.data(), bytes.size());
      ended_ = size == 0;
      for (std::size_t i = 0; i < size; ++i) {
        take(static_cast<unsigned char>(bytes[i]));
      }
    }
    if (ended_ && (half_unit_ || high_ != 0)) {
      append_utf8(0xfffd, ready_);
      half_unit_ = false;
      high_ = 0;
    }
  }

  void take(std::uint32_t byte) {
    if (!half_unit_) {
      first_byte_ = byte;
      half_unit_ = true;
      return;
    }
    half_unit_ = false;
    const std::uint32_t unit =
        form_ == Form::little_endian ? first_byte_ | (byte << 8U) : (first_byte_ << 8U) | byte;
    const bool low = unit >= 0xdc00 && unit < 0xe000;
    if (high_ != 0 && low) {
      append_utf8(0x10000 + ((high_ - 0xd800) << 10U) + (unit - 0xdc00), ready_);
      high_ = 0;
      return;
    }
    if (high_ != 0) {
      append_utf8(0xfffd, ready_);
    }
    high_ = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
    if (high_ == 0) {
      append_utf8(unit, ready_);
    }
  }

  std::unique_ptr<Source> source_;
  Form form_ = Form::bytes;
  std::string ready_;
  std::size_t place_ = 0;
  bool ended_ = false;
  bool half_unit_ = false;
  std::uint32_t first_byte_ = 0;
  std::uint32_t high_ = 0;  ///< First half of a pair of surrogates.
};

}  // namespace

std::unique_ptr<Source> without_utf16(std::unique_ptr<Source> source) {
  return std::make_unique<DecodedSource>(std::move(source));
}

}  // namespace alsace
