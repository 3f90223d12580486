#include "load/load_names.h"

#include "base/check.h"

namespace dnswarm {

LoadNames::LoadNames() : impl_(std::make_unique<Impl>()) {}
LoadNames::~LoadNames() = default;
LoadNames::LoadNames(LoadNames&&) noexcept = default;
LoadNames& LoadNames::operator=(LoadNames&&) noexcept = default;

uint64_t LoadNames::size() const { return impl_->ends.size(); }

LoadNames::Fault LoadNames::add(std::string_view text, RRType type) {
  Name name;
  NameError error = NameError::none;
  if (!name.assign_plain_text(text)) error = name.assign_text(text);
  if (error == NameError::none && is_ip_address_text(text)) {
    if (type != RRType::PTR || !reverse_name_from_text(text, name)) error = NameError::is_address;
  }
  if (error != NameError::none) return {code_text(error), sentence_text(error)};
  const Octets wire = name.wire();
  std::vector<uint8_t>& octets = impl_->octets;
  octets.insert(octets.end(), wire.begin(), wire.end());
  octets.push_back(static_cast<uint8_t>(static_cast<uint16_t>(type) >> 8));
  octets.push_back(static_cast<uint8_t>(type));
  impl_->ends.push_back(octets.size());
  return {};
}

std::string LoadNames::set_pattern(std::string_view pattern, std::vector<RRType> types) {
  CHECK(!types.empty());
  if (std::string error = impl_->pattern.parse(pattern); !error.empty()) return error;
  impl_->has_pattern = true;
  impl_->types = std::move(types);
  return {};
}

QuestionSource::Question QuestionSource::from_pattern(uint64_t j) {
  text_.clear();
  names_.pattern.write(j, random_, text_);
  // The longest one is legal, and so are all: they differ in letters and digits.
  const bool legal = name_.assign_plain_text(text_) || name_.assign_text(text_) == NameError::none;
  CHECK(legal);
  return {name_.wire(), names_.types[j % names_.types.size()]};
}

}  // namespace dnswarm
