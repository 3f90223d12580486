#include "cli/checkpoint.h"

#include <algorithm>
#include <iterator>

#include "cli/checksum.h"
#include "cli/json_document.h"

namespace dnswarm::cli {
namespace {

constexpr std::string_view magic = "dnswarm-state ";
constexpr std::string_view version = "1 ";
constexpr size_t checksum_digits = 16;

Json position_json(const InputPosition& position) {
  return {{"offset", position.offset},
          {"lines_read", position.lines_read},
          {"lines", position.lines},
          {"rows", position.rows}};
}

InputPosition position_from(const Json& json) {
  return {json.at("offset").get<uint64_t>(), json.at("lines_read").get<uint64_t>(),
          json.at("lines").get<uint64_t>(), json.at("rows").get<uint64_t>()};
}

template <size_t n>
void take_counts(const Json& json, uint64_t (&counts)[n], uint64_t* sum) {
  const auto numbers = json.get<std::vector<uint64_t>>();
  if (numbers.size() != n) throw Json::other_error::create(501, "counts", nullptr);
  std::copy(numbers.begin(), numbers.end(), counts);
  for (const uint64_t number : numbers) *sum += number;
}

Checkpoint checkpoint_from(const Json& json) {
  Checkpoint result;
  result.finished = json.at("finished").get<bool>();
  for (const auto& [flag, value] : json.at("options").get_ref<const Json::object_t&>()) {
    result.options.emplace_back(flag, value.get<std::string>());
  }
  const Json& input = json.at("input");
  result.input = {input.at("regular").get<bool>(), input.at("start").get<uint64_t>(),
                  input.at("size").get<uint64_t>(), input.at("read").get<uint64_t>(),
                  input.at("checksum").get<std::string>()};
  result.position = position_from(json.at("position"));
  result.consumed = position_from(json.at("consumed"));
  result.done = json.at("done").get<std::vector<uint64_t>>();
  take_counts(json.at("statuses").at("rcodes"), result.tally.by_rcode, &result.tally.rows);
  take_counts(json.at("statuses").at("failures"), result.tally.by_failure, &result.tally.rows);
  result.output_octets = json.at("output").at("octets").get<uint64_t>();
  result.output_tail_checksum = json.at("output").at("tail_checksum").get<std::string>();
  return result;
}

// Nothing but a fault of ours makes a state with a right checksum that does not add up.
bool adds_up(const Checkpoint& checkpoint) {
  const InputPosition &from = checkpoint.position, &to = checkpoint.consumed;
  if (from.rows > to.rows) return false;
  uint64_t rows = from.rows, done = from.rows;
  for (size_t i = 0; i < checkpoint.done.size(); ++i) {
    const uint64_t run = checkpoint.done[i];
    if ((run == 0 && i > 0) || run > to.rows - rows) return false;
    rows += run;
    if (i % 2 == 0) done += run;
  }
  return done == checkpoint.tally.rows && from.offset <= to.offset && from.lines <= to.lines &&
         from.lines_read <= to.lines_read && to.offset <= checkpoint.input.read &&
         (!checkpoint.finished || done == to.rows);
}

}  // namespace

std::string to_text(const Checkpoint& checkpoint) {
  Json json;
  json["finished"] = checkpoint.finished;
  Json& options = json["options"] = Json::object();
  for (const auto& [flag, value] : checkpoint.options) options[flag] = value;
  const InputIdentity& input = checkpoint.input;
  json["input"] = {{"regular", input.regular},
                   {"start", input.start},
                   {"size", input.size},
                   {"read", input.read},
                   {"checksum", input.checksum}};
  json["position"] = position_json(checkpoint.position);
  json["consumed"] = position_json(checkpoint.consumed);
  json["done"] = checkpoint.done;
  json["statuses"] = {{"rcodes", checkpoint.tally.by_rcode}, {"failures", checkpoint.tally.by_failure}};
  json["output"] = {{"octets", checkpoint.output_octets}, {"tail_checksum", checkpoint.output_tail_checksum}};
  const std::string text = document_text(json, -1);
  return std::string(magic) + std::string(version) + checksum_text(text) + "\n" + text;
}

std::optional<Checkpoint> checkpoint_from_text(std::string_view text, std::string* error) {
  if (!text.starts_with(magic)) {
    *error = "is no state file, or a damaged one";
    return std::nullopt;
  }
  text.remove_prefix(magic.size());
  if (!text.starts_with(version)) {
    *error = "is damaged, or was written by another version of dnswarm";
    return std::nullopt;
  }
  text.remove_prefix(version.size());
  *error = "is damaged: its checksum does not fit";
  if (text.size() <= checksum_digits || text[checksum_digits] != '\n') return std::nullopt;
  const std::string_view digits = text.substr(0, checksum_digits);
  text.remove_prefix(checksum_digits + 1);
  if (checksum_text(text) != digits) return std::nullopt;
  *error = "does not add up. Please report this";
  try {
    Checkpoint result = checkpoint_from(Json::parse(text));
    if (!adds_up(result)) return std::nullopt;
    error->clear();
    return result;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace dnswarm::cli
