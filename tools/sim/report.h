// A story as people and programs read it.
#ifndef DNSWARM_SIM_REPORT_H_
#define DNSWARM_SIM_REPORT_H_

#include <string>

#include "story.h"

namespace dnswarm::sim {

// The conversation, tables, and what the runs show.
std::string report_text(const Story& story);
// One document with everything, times in seconds since the start. Fields are added, never changed.
std::string report_json(const Story& story);
// Of a run on the wall clock: what arrived where, and what caches had.
std::string live_text(const StoryResult& result);
// A page with charts, which refers to nothing outside.
std::string report_html(const Story& story);

// "2 resolvers (round-robin)", "TTL 300 s", ...: what the story is about, in three lines.
std::string story_text(const StoryResult& result, bool live = false);
// The story's points: a heading, and what the runs measured.
struct Point {
  std::string heading;
  std::string text;   // sentences, a line each
  std::string table;  // in columns, a line each
};
std::vector<Point> points_of(const Story& story);

double seconds(Duration time);
// "01:02:03.456", hours as many as there are.
std::string clock_text(Duration time);

}  // namespace dnswarm::sim

#endif  // DNSWARM_SIM_REPORT_H_
