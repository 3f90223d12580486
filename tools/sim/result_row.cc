#include "result_row.h"

#include <nlohmann/json.hpp>

namespace dnswarm::sim {
namespace {

// Depth 1 is the row, 2 the array of answers, 3 an answer. Everything else is passed over.
class RowReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit RowReader(ResultRow& row) : row_(row) {}

  bool key(string_t& name) override {
    if (depth_ == 1) {
      in_answers_ = name == "answers";
      text_ = name == "name"     ? &row_.name
              : name == "qname"  ? &row_.qname
              : name == "type"   ? &row_.type
              : name == "status" ? &row_.status
                                 : nullptr;
    } else if (depth_ == 3 && in_answers_) {
      ResultRecord& record = row_.records[row_.record_count - 1];
      is_ttl_ = name == "ttl";
      text_ = name == "name"   ? &record.name
              : name == "type" ? &record.type
              : name == "data" ? &record.data
                               : nullptr;
    }
    return true;
  }
  bool string(string_t& value) override {
    if (text_ != nullptr && (depth_ == 1 || (depth_ == 3 && in_answers_))) text_->swap(value);
    return true;
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (depth_ == 3 && in_answers_ && is_ttl_) row_.records[row_.record_count - 1].ttl = value;
    return true;
  }
  bool start_object(std::size_t) override {
    if (++depth_ == 3 && in_answers_) {
      if (row_.record_count == row_.records.size()) row_.records.emplace_back();
      ResultRecord& record = row_.records[row_.record_count++];
      record.name.clear(), record.type.clear(), record.data.clear();
      record.ttl = 0;
    }
    return true;
  }
  bool start_array(std::size_t) override { return ++depth_ > 1; }
  bool end_object() override { return --depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  ResultRow& row_;
  int depth_ = 0;
  bool in_answers_ = false;
  bool is_ttl_ = false;
  std::string* text_ = nullptr;
};

}  // namespace

bool parse_row(std::string_view line, ResultRow& row) {
  row.name.clear(), row.qname.clear(), row.type.clear(), row.status.clear();
  row.record_count = 0;
  RowReader reader(row);
  if (!nlohmann::json::sax_parse(line.begin(), line.end(), &reader)) return false;
  return !row.type.empty() && !row.status.empty();
}

}  // namespace dnswarm::sim
