/** Stands for simulator/world/database.ts in tests: notes what the control plane tells the storage. */

export const told: { what: 'promoted' | 'rejoined'; region: string; dataLossAllowed?: boolean }[] = [];

export const resetTold = (): void => {
  told.length = 0;
};

type Told = { region: string; dataLossAllowed?: boolean };

/** Members of the module that it stands for. */
export const contents = {
  promoted: async (_cloud: unknown, { region, dataLossAllowed }: Told): Promise<void> => {
    told.push({ what: 'promoted', region, dataLossAllowed });
  },
  rejoined: async (_cloud: unknown, { region }: Told): Promise<void> => {
    told.push({ what: 'rejoined', region });
  },
};
