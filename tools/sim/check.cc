#include "check.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "check_names.h"
#include "dns/name.h"
#include "dns/rdata_text.h"
#include "result_row.h"

namespace dnswarm::sim {
namespace {

constexpr unsigned shown_wrong_max = 10;

// An order-insensitive fingerprint of records: the sum of their hashes. Letter case is left out,
// for names may come back in the case they were asked in.
class Fingerprint {
 public:
  void add(std::string_view owner, std::string_view type, std::string_view data) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (const std::string_view text : {owner, type, data}) {
      for (const char c : text)
        hash = (hash ^ ascii_lower(static_cast<uint8_t>(c))) * 0x100000001b3u;
      hash = (hash ^ 0x100) * 0x100000001b3u;
    }
    sum_ += mix64(hash);
    ++count_;
  }
  bool operator==(const Fingerprint&) const = default;

 private:
  uint64_t sum_ = 0;
  uint64_t count_ = 0;
};

class RowChecker {
 public:
  explicit RowChecker(const Expectation& expectation) : expectation_(expectation) {}

  void check(std::string_view line, CheckResult& result);
  const ResultRow& row() const { return row_; }

 private:
  enum class Verdict : uint8_t { right, wrong, unanswered };

  Verdict judge();
  bool expect();
  void expect_answer(RRType type);
  void wrong(std::string_view line);

  const Expectation& expectation_;
  ResultRow row_;
  Name name_;
  Answer answer_;
  // What is expected:
  std::string_view status_;  // empty: none with an answer
  Fingerprint records_;
  uint32_t ttl_max_ = 0;
  std::string records_text_;  // for the message; built only where it is wanted
  bool wants_text_ = false;
  std::string owner_, data_;
  unsigned shown_ = 0;
};

bool is_unanswered(std::string_view status) {
  return status != "NOERROR" && status != "NXDOMAIN" && status != "INVALID_NAME" &&
         status != "CNAME_LOOP";
}

// Fills status_, records_ and ttl_max_. False where the row's type or qname cannot be right.
bool RowChecker::expect() {
  records_ = {};
  ttl_max_ = 0;
  records_text_.clear();
  const auto type = rrtype_from_text(row_.type);
  if (!type) return status_ = "(unknown type)", false;
  const bool is_reverse = *type == RRType::PTR && reverse_name_from_text(row_.name, name_);
  if (!is_reverse) {
    if (is_ip_address_text(row_.name) || name_.assign_text(row_.name) != NameError::none) {
      return status_ = "INVALID_NAME", true;
    }
  }
  if (!row_.qname.empty()) {
    Name asked;
    if (asked.assign_text(row_.qname) != NameError::none ||
        !names_equal(asked.wire(), name_.wire())) {
      return status_ = "(another qname)", false;
    }
  }
  expect_answer(*type);
  return true;
}

void RowChecker::expect_answer(RRType type) {
  const std::string type_text = to_text(type);
  answer_.clear();
  status_ = expectation_.expect(name_.wire(), type, answer_);
  for (const Answer::AnswerRecord& record : answer_.records()) {
    if (record.section != Section::answer) continue;
    owner_.clear(), data_.clear();
    append_name_text(answer_.owner(record), owner_);
    const Octets rdata = answer_.rdata(record);
    append_rdata_text(record.type, RRClass::IN, rdata, 0, rdata.size(), data_);
    const std::string of_type = record.type == type ? type_text : to_text(record.type);
    records_.add(owner_, of_type, data_);
    ttl_max_ = std::max(ttl_max_, record.ttl);
    if (wants_text_) records_text_ += "\n    " + owner_ + " " + of_type + " " + data_;
  }
}

RowChecker::Verdict RowChecker::judge() {
  if (!expect()) return Verdict::wrong;
  if (status_.empty()) {
    const bool is_none = is_unanswered(row_.status) || row_.status == "CNAME_LOOP";
    return is_none ? Verdict::right : Verdict::wrong;
  }
  if (row_.status != status_) {
    return is_unanswered(row_.status) && status_ != "INVALID_NAME" ? Verdict::unanswered
                                                                   : Verdict::wrong;
  }
  if (status_ != "NOERROR" && status_ != "NXDOMAIN") return Verdict::right;
  Fingerprint actual;
  for (size_t i = 0; i < row_.record_count; ++i) {
    const ResultRecord& record = row_.records[i];
    if (record.ttl > ttl_max_) return Verdict::wrong;
    actual.add(record.name, record.type, record.data);
  }
  return actual == records_ ? Verdict::right : Verdict::wrong;
}

void RowChecker::wrong(std::string_view line) {
  if (shown_++ >= shown_wrong_max) return;
  wants_text_ = true;
  judge();
  wants_text_ = false;
  const std::string status(status_.empty() ? "no answer" : status_);
  std::fprintf(stderr, "wrong: %.*s\n  expected: %s, TTL at most %u%s\n",
               static_cast<int>(std::min<size_t>(line.size(), 2000)), line.data(), status.c_str(),
               static_cast<unsigned>(ttl_max_), records_text_.c_str());
}

void RowChecker::check(std::string_view line, CheckResult& result) {
  ++result.rows;
  if (!parse_row(line, row_)) {
    ++result.wrong;
    if (shown_++ < shown_wrong_max) {
      std::fprintf(stderr, "wrong: %.*s\n  is no row of dnswarm's\n",
                   static_cast<int>(std::min<size_t>(line.size(), 2000)), line.data());
    }
    return;
  }
  switch (judge()) {
    case Verdict::right:
      ++result.right;
      return;
    case Verdict::unanswered:
      ++result.unanswered;
      return;
    case Verdict::wrong:
      ++result.wrong;
      wrong(line);
      return;
  }
}

}  // namespace

std::string CheckResult::to_json() const {
  return nlohmann::ordered_json{{"rows", rows},       {"right", right},
                                {"wrong", wrong},     {"missing", missing},
                                {"doubled", doubled}, {"unanswered", unanswered}}
      .dump();
}

std::optional<CheckResult> check_results(const CheckOptions& options, const Expectation& expectation,
                                         std::string* error) {
  CheckNames names(options.default_types);
  if (!options.names_path.empty() && !names.read(options.names_path)) {
    *error = "'" + options.names_path + "' cannot be read";
    return std::nullopt;
  }
  std::ifstream file;
  const bool is_stdin = options.results_path == "-";
  if (!is_stdin) file.open(options.results_path, std::ios::binary);
  std::istream& in = is_stdin ? std::cin : file;
  if (!in) {
    *error = "'" + options.results_path + "' cannot be read";
    return std::nullopt;
  }
  CheckResult result;
  RowChecker checker(expectation);
  std::string line;
  while (std::getline(in, line)) {
    checker.check(line, result);
    if (!options.names_path.empty()) names.add_row(checker.row().name, checker.row().type);
  }
  if (!options.names_path.empty()) {
    const CheckNames::Difference difference = names.compare();
    result.missing = difference.missing;
    result.doubled = difference.doubled;
  }
  return result;
}

}  // namespace dnswarm::sim
