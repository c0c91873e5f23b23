# shellcheck shell=bash
# Kills what the runner started when the runner ends without having done so itself, whatever ended it: then the
# pipe on standard input is closed. Each line '+PID' reports a started session, '-PID' one that has ended.
exec >/dev/null 2>&1
declare -A leaders
while read -r line; do
  case $line in
    +*) leaders[${line#+}]=1 ;;
    -*) unset "leaders[${line#-}]" ;;
  esac
done

# As in ProcessFamily.cs: sessions and descendants.
find_members() {
  local pid stat fields grown=1
  declare -gA members=()
  local -A parents=()
  for pid in "${!leaders[@]}"; do members[$pid]=1; done
  for stat in /proc/[0-9]*/stat; do
    { IFS= read -r stat <"$stat"; } || continue
    pid=${stat%% *}
    read -r -a fields <<<"${stat##*) }"
    [[ ${fields[0]} == Z ]] && { unset "members[$pid]"; continue; }
    parents[$pid]=${fields[1]}
    [[ -n ${leaders[${fields[3]}]-} ]] && members[$pid]=1
  done
  while ((grown)); do
    grown=0
    for pid in "${!parents[@]}"; do
      [[ -z ${members[$pid]-} && -n ${members[${parents[$pid]}]-} ]] && { members[$pid]=1; grown=1; }
    done
  done
  for pid in "${!members[@]}"; do [[ -n ${parents[$pid]-} ]] || unset "members[$pid]"; done
}

((${#leaders[@]})) || exit 0
# Once more after the first round, for what was forked meanwhile.
for _ in 1 2 3; do
  find_members
  ((${#members[@]})) || break
  kill -KILL "${!members[@]}"
done
