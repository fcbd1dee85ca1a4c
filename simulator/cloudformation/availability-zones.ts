/** What Fn::GetAZs answers: the zones that have a default subnet. Which ones an account has differs; three are assumed. */

// Guess: every region has at least three zones a..c; accounts see two to six of them.
export const availabilityZones = (region: string): string[] => ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
